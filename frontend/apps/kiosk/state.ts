/** The kiosk as a pure machine: an event goes in, the next state and its effects come out. */
import type { ApiError } from '../../packages/api/http';
import { inCall, isLive, type KioskSnapshot } from '../../packages/api/types';
import { skewOf } from '../../packages/text/index';
import { CODE_LENGTH, codeFromScan, digitsOf, ENROLMENT_LENGTH } from './code';
import type { Demand, Effect, Event, Model, Screen, WayOn } from './model';
import { blank, only, type Step, wipe, finish } from './core';
import { wentAway } from './lacking';
import { narrate } from './narration';
import { asked } from './paper';
import { inSession } from './session';
import { isTest, selfTest, TEST_IDLE_MS } from './selftest';
import { signAsked } from './sign';
import { walkIn } from './walkin';

/** Nobody touches: the warning, and the wipe. Not while a session lives. */
export const IDLE_WARN_MS = 45_000;
export const IDLE_WIPE_MS = 60_000;
/** The same while the line is down and somebody may be waiting for it to come back. */
export const IDLE_OFFLINE_MS = 300_000;
/** The same for who chooses with a switch: each choice takes them many steps. */
export const IDLE_SCAN_MS = 240_000;
/** How long the last screen stays. */
export const END_MS = 25_000;
/** The same with a QR code to take along. */
export const END_RECEIPT_MS = 60_000;
/** A line that is down for less than this shows nothing. */
export const OFFLINE_AFTER_MS = 3_000;
/** Time between two attempts of a request that did not arrive. */
export const RETRY_MS = 3_000;

/** The screens of somebody who has begun and is not in a session yet. */
export const FREE: readonly Screen[] = ['code', 'walkin', 'help', 'refusal'];

/** A kiosk that was just switched on, or whose page was loaded again while somebody typed. */
export function initial(now: number, home = false, kept: { readonly typed: string; readonly at: number } | null = null): Model {
  return {
    home,
    screen: 'boot',
    now,
    skew: 0,
    touchedAt: kept?.at ?? now,
    lineUp: false,
    lineDownAt: now,
    snapshot: null,
    voice: false,
    ...blank(),
    typed: kept?.typed ?? '',
    endedSession: null,
    leaveSentAt: null,
  };
}

/** The sizes of the words, one after the other. */
const SIZES = [0, 1, 2] as const;

/** Moves the machine by one event. */
export function update(before: Model, event: Event): Step {
  const step = inSession(before, event) ?? move(before, event);
  return { model: step.model, effects: [...step.effects, ...narrate(before, step.model, event)] };
}

/** What must be running in this state. */
export function demandOf(model: Model): Demand {
  const session = model.screen === 'session' ? (model.snapshot?.session ?? null) : null;
  const live = session !== null && isLive(session.state);
  const call = session !== null && inCall(session.state);
  return {
    camera: live || model.scanning || checking(model) || model.screen === 'selftest',
    call,
    standby: session?.state === 'waiting' || FREE.includes(model.screen),
    ring: session?.state === 'called' && !model.call.picture,
    scan: model.scanning,
    sharp: model.scanning || model.paper.step === 'aim',
    sending: call && session.state !== 'held',
  };
}

/** Whether the citizen tries their own camera and microphone. */
export function checking(model: Model): boolean {
  return model.home && model.screen === 'start';
}

/** Whether the screen must say that the line is down. In a call that still stands it must not. */
export function offline(model: Model): boolean {
  if (model.screen === 'enrol' || model.screen === 'end' || model.screen === 'selftest') return false;
  if (model.pending !== null && !model.pending.inFlight) return true;
  if (model.lineUp || model.now - model.lineDownAt < OFFLINE_AFTER_MS) return false;
  return model.screen !== 'session' || (model.call.link !== 'on' && !inCall(model.snapshot?.session?.state ?? 'closed'));
}

/** Seconds until the wipe once the warning is due, else null. */
export function idleSeconds(model: Model): number | null {
  const limit = idleLimit(model);
  if (limit === null) return null;
  const left = limit - (model.now - model.touchedAt);
  return left <= IDLE_WIPE_MS - IDLE_WARN_MS ? Math.max(0, Math.ceil(left / 1000)) : null;
}

function idleLimit(model: Model): number | null {
  if (model.home || !FREE.includes(model.screen)) return null;
  if (offline(model)) return IDLE_OFFLINE_MS;
  return model.look.scan === 'off' ? IDLE_WIPE_MS : IDLE_SCAN_MS;
}

function move(model: Model, event: Event): Step {
  if (isTest(event)) return selfTest(model, event);
  switch (event.kind) {
    case 'tick':
      return tick({ ...model, now: event.now });
    case 'touched':
      return only({ ...model, touchedAt: model.now });
    case 'voiceFound':
      return only({ ...model, voice: event.available });
    case 'guideToggled':
      return only({ ...model, guide: !model.guide, touchedAt: model.now });
    case 'textGrown':
      return only({ ...model, look: { ...model.look, text: SIZES[(model.look.text + 1) % SIZES.length]! }, touchedAt: model.now });
    case 'contrastToggled':
      return only({ ...model, look: { ...model.look, contrast: !model.look.contrast }, touchedAt: model.now });
    case 'scanToggled':
      return only({ ...model, switches: !model.switches, touchedAt: model.now });
    case 'scanChosen':
      return only({ ...model, switches: false, look: { ...model.look, scan: event.mode }, touchedAt: model.now });
    case 'languageChosen':
      return { model: { ...model, touchedAt: model.now }, effects: [{ kind: 'language', language: event.language }] };
    case 'languageReady':
      return only({ ...model, look: { ...model.look, language: event.language } });
    case 'lineUp':
      return lineUp(model);
    case 'lineDown':
      return lineDown(model, event.error);
    case 'snapshot':
      return snapshot(model, event.snapshot);
    case 'begin':
      return model.screen === 'start'
        ? { model: { ...model, screen: 'code', typed: '', fresh: false, touchedAt: model.now }, effects: [{ kind: 'preload' }] }
        : only(model);
    case 'digit':
      return only(typing(model, model.typed + event.digit));
    case 'erase':
      return only(typing(model, model.typed.slice(0, -1)));
    case 'eraseAll':
      return only(typing(model, ''));
    case 'submit':
      return submit(model, event.requestId);
    case 'scanOpened':
      return only(model.screen === 'code' && !model.busy ? { ...model, scanning: true } : model);
    case 'scanClosed':
      return only({ ...model, scanning: false });
    case 'scanned':
      return scanned(model, event.content, event.requestId);
    case 'walkInAsked':
    case 'walkInsRead':
    case 'walkInChosen':
      return walkIn(model, event);
    case 'ownStarted':
      return ownStarted(model, event.requestId);
    case 'soundTried':
      return { model, effects: [{ kind: 'notice' }] };
    case 'helpAsked':
      return only(free(model, ['code', 'walkin', 'refusal']) ? { ...model, screen: 'help', refusal: null, scanning: false } : model);
    case 'back':
      return back(model);
    case 'home':
      return free(model, [...FREE, 'end']) ? wipe(model) : only(model);
    case 'enrolled':
      return { model: { ...model, screen: 'boot', ...blank(), fresh: true }, effects: [{ kind: 'connect' }] };
    case 'enrolRefused':
      return only({ ...model, busy: false, typed: '', enrolError: event.error.detail });
    case 'opened':
      return snapshot({ ...model, busy: false, pending: null, typed: '' }, event.snapshot);
    case 'openRefused':
      return openRefused(model, event.error);
    case 'mediaFault':
      return only(model.scanning || checking(model) || model.screen === 'selftest' ? { ...model, fault: event.fault } : model);
    case 'receiptAsked':
      if (model.end === null || model.endedSession === null || model.end.mailed === 'sending' || model.end.mailed === 'yes') return only(model);
      return {
        model: { ...model, end: { ...model.end, mailed: 'sending' }, touchedAt: model.now },
        effects: [{ kind: 'mailReceipt', session: model.endedSession }],
      };
    case 'receiptSent':
      return only(model.end === null ? model : { ...model, end: { ...model.end, mailed: event.ok ? 'yes' : 'failed' } });
    case 'printAsked':
      return model.end?.receipt ? { model, effects: [{ kind: 'print' }] } : only(model);
    case 'left':
      return { model: { ...model, leaveSentAt: null }, effects: [{ kind: 'refresh' }] };
    default:
      return only(model); // an event of a session that is over
  }
}

/** From help or a refusal to where one was. */
function back(model: Model): Step {
  if (!free(model, ['help', 'refusal'])) return only(model);
  if (model.refusal?.from === 'walkin') return walkIn({ ...model, screen: 'start', refusal: null }, { kind: 'walkInAsked' });
  return only({ ...model, screen: model.home ? 'start' : 'code', typed: '', refusal: null });
}

/** Who is ready at home asks to be let in; the link they came by says who they are. */
function ownStarted(model: Model, requestId: string): Step {
  if (!checking(model) || model.busy) return only(model);
  return {
    model: { ...model, busy: true, pending: { requestId, service: '', since: model.now, inFlight: true } },
    effects: [{ kind: 'openOwn', requestId }, { kind: 'preload' }],
  };
}

function free(model: Model, screens: readonly Screen[]): boolean {
  return screens.includes(model.screen) && (!model.busy || model.pending?.inFlight === false);
}

function typing(model: Model, typed: string): Model {
  if (model.busy || model.scanning) return model;
  if (model.screen === 'code') return { ...model, typed: digitsOf(typed), touchedAt: model.now };
  if (model.screen !== 'enrol') return model;
  return { ...model, typed: digitsOf(typed, ENROLMENT_LENGTH), enrolError: null };
}

function submit(model: Model, requestId: string): Step {
  if (model.busy) return only(model);
  if (model.screen === 'enrol' && model.typed.length === ENROLMENT_LENGTH) {
    return { model: { ...model, busy: true, enrolError: null }, effects: [{ kind: 'enrol', code: model.typed }] };
  }
  if (model.screen !== 'code' || model.typed.length !== CODE_LENGTH) return only(model);
  return {
    model: {
      ...model,
      busy: true,
      scanning: false,
      touchedAt: model.now,
      pending: { requestId, service: '', since: model.now, inFlight: true },
    },
    effects: [{ kind: 'open', code: model.typed, requestId }],
  };
}

function scanned(model: Model, content: string, requestId: string): Step {
  const code = codeFromScan(content);
  if (!model.scanning || code === null) return only(model);
  return submit({ ...model, typed: code, scanning: false }, requestId);
}

const WAYS: readonly WayOn[] = ['retry', 'rebook', 'wait', 'go_to_place', 'ask_help'];

function openRefused(model: Model, error: ApiError): Step {
  const { screen } = model;
  if ((screen !== 'code' && screen !== 'walkin' && !checking(model)) || model.pending === null) return only(model);
  if (error.unauthenticated) return only(unenrolled(model));
  if (error.unreachable) {
    // It may have arrived: the same request, with its id, goes out again by itself.
    return only({ ...model, pending: { ...model.pending, since: model.now, inFlight: false } });
  }
  const action = error.data['action'];
  const url = error.data['url'];
  return only({
    ...model,
    screen: 'refusal',
    busy: false,
    pending: null,
    typed: '',
    touchedAt: model.now,
    refusal: {
      from: screen === 'code' || screen === 'walkin' ? screen : 'start',
      detail: error.detail,
      way: WAYS.find((way) => way === action) ?? 'retry',
      url: typeof url === 'string' ? url : '',
      reference: error.instance,
    },
  });
}

function unenrolled(model: Model): Model {
  return { ...model, ...blank(), screen: 'enrol', snapshot: null };
}

function lineUp(model: Model): Step {
  return only({ ...model, lineUp: true });
}

function lineDown(model: Model, error: ApiError): Step {
  if (error.unauthenticated) {
    return model.screen === 'enrol' ? only(model) : { model: unenrolled(model), effects: [{ kind: 'wipe' }] };
  }
  return only({ ...model, lineUp: false, lineDownAt: model.lineUp ? model.now : model.lineDownAt });
}

function snapshot(model: Model, next: KioskSnapshot): Step {
  const current = model.snapshot;
  // Answers and the stream may cross: what the server said earlier never replaces what it said later.
  if (current !== null && Date.parse(next.server_time) < Date.parse(current.server_time)) return only(model);
  const session = next.session;
  const skew = skewOf(model.skew, next.server_time, model.now);
  const known = { ...model, lineUp: true, snapshot: next, skew };
  if (session !== null && isLive(session.state) && session.id !== model.endedSession) {
    // Papers that were there before this page was are not news.
    const seen = session.documents.map((d) => d.id);
    return {
      model: signAsked(asked({ ...known, ...blank(), guide: model.guide, look: model.look, seen, screen: 'session' }, session), session),
      effects: [{ kind: 'preload' }],
    };
  }
  if (model.screen === 'session') {
    const id = current?.session?.id ?? '';
    if (session === null && model.lacking.step === 'busy') return wentAway(known, id); // before the answer to the request
    const ended = session?.id === id ? session.ended : null;
    const outcome = ended?.outcome || (session?.state === 'no_show' ? 'no_show' : '');
    const done = finish(known, id, { outcome, text: ended?.text ?? '', left: false }, ended?.receipt ?? null);
    // The server shows an ended session until this side says that its screen is past it.
    if (session === null) return done;
    return { model: { ...done.model, leaveSentAt: model.now }, effects: [...done.effects, { kind: 'leave', session: session.id }] };
  }
  if (model.screen === 'boot' && model.typed !== '') return only({ ...known, ...blank(), typed: model.typed, screen: 'code' });
  if (model.screen === 'boot' || model.screen === 'enrol') {
    return only({ ...known, ...blank(), fresh: model.fresh, screen: 'start', touchedAt: model.now });
  }
  return only(known);
}

/** How long the last screen stays: longer where there is something to take along. */
function endMs({ receipt }: NonNullable<Model['end']>): number {
  return receipt === null ? END_MS : END_RECEIPT_MS;
}

function tick(model: Model): Step {
  const idle = idleLimit(model);
  if (idle !== null && model.now - model.touchedAt >= idle) return wipe(model);
  // Who only changed the look or the voice of the first screen and went away leaves it as it was.
  const { text, contrast, language, scan } = model.look;
  const changed = model.guide || contrast || text > 0 || language !== 'it' || scan !== 'off' || model.switches;
  if (model.screen === 'start' && changed && model.now - model.touchedAt >= IDLE_WIPE_MS) return wipe(model);
  if (model.screen === 'boot' && model.typed !== '' && model.now - model.touchedAt >= IDLE_OFFLINE_MS) return { model: { ...model, typed: '' }, effects: [{ kind: 'wipe' }] };
  if (model.screen === 'selftest' && model.now - model.touchedAt >= TEST_IDLE_MS) return wipe(model);
  if (model.screen === 'end' && !model.home && model.end !== null && model.now - Math.max(model.end.at, model.touchedAt) >= endMs(model.end)) return wipe(model);
  if (model.pending !== null && !model.pending.inFlight && model.now - model.pending.since >= RETRY_MS) {
    return {
      model: { ...model, pending: { ...model.pending, inFlight: true } },
      effects: [sent(model, model.pending)],
    };
  }
  return leaveAgain(model);
}

/** The request that did not arrive, once more. */
function sent({ home, typed: code }: Model, { service, requestId }: NonNullable<Model['pending']>): Effect {
  if (home) return { kind: 'openOwn', requestId };
  return service === '' ? { kind: 'open', code, requestId } : { kind: 'takeNumber', service, requestId };
}

/** A leave that the server has not heard is said again, until its snapshot shows nothing of it any more. */
function leaveAgain(model: Model): Step {
  const session = model.snapshot?.session ?? null;
  const open = session !== null && (session.id === model.endedSession || !isLive(session.state));
  const due = model.leaveSentAt === null || model.now - model.leaveSentAt >= RETRY_MS;
  if (!open || !due || !model.lineUp || model.pending !== null) return only(model);
  return { model: { ...model, leaveSentAt: model.now }, effects: [{ kind: 'leave', session: session.id }] };
}
