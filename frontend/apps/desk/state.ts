/** The desk as a pure machine: an event goes in, the next state and its effects come out. */
import type { ApiError } from '../../packages/api/http';
import { type DeskSession, type DeskSnapshot, inCall, type WaitingPerson } from '../../packages/api/types';
import { skewOf } from '../../packages/text/index';
import type { Demand, Draft, Effect, Event, Model, Toast } from './model';
import { inMatter } from './matter';
import { inAsking, openAsking } from './asking';
import { inInviting, openInviting } from './inviting';
import { inPassing, MIN_WHY, openPassing } from './passing';
import { can } from './steps';

/** A line that is down for less than this shows nothing. */
export const OFFLINE_AFTER_MS = 3_000;
/** Messages kept on the screen; older ones make room. */
const MAX_TOASTS = 4;

/** What a step of the machine yields. */
export interface Step {
  readonly model: Model;
  readonly effects: readonly Effect[];
}

/** Nothing written yet. */
export const EMPTY: Draft = { chat: '', note: '', outcome: null };

const NO_CALL = { link: 'off', peer: 'absent', quality: 'unknown', picture: false, soundBlocked: false, typing: { text: '', reads: false } } as const;

/** A desk that was just opened. */
export function initial(now: number): Model {
  return {
    phase: 'boot',
    now,
    skew: 0,
    lineUp: false,
    lineDownAt: now,
    snapshot: null,
    claiming: null,
    breath: null,
    call: NO_CALL,
    fault: null,
    devices: null,
    microphone: true,
    camera: true,
    sharing: false,
    draft: EMPTY,
    busy: null,
    passing: null,
    inviting: null,
    asking: null,
    help: 'ask',
    choosing: null,
    closing: null,
    uploads: 0,
    dialog: null,
    day: null,
    viewing: null,
    toasts: [],
    nextToast: 1,
    shortcuts: true,
    soundAllowed: false,
  };
}

/** The session the operator is in, or null. */
export function sessionOf(model: Model): DeskSession | null {
  const session = model.snapshot?.session ?? null;
  return session !== null && inCall(session.state) ? session : null;
}

/** What must be running in this state. */
export function demandOf(model: Model): Demand {
  const session = sessionOf(model);
  const sending = session !== null && session.state !== 'held';
  const free = model.phase === 'ready' && model.breath === null && session === null && !onBreak(model);
  const standby = free ? (model.snapshot?.standby ?? '') : '';
  return {
    // Camera and connection are ready before anyone is called, so that one key is enough from ring to face.
    media: session !== null || model.claiming !== null || standby !== '' || (free && claimable(model) > 0),
    standby,
    call: session !== null,
    camera: sending && model.camera,
    microphone: sending && model.microphone,
  };
}

/** Whether the operator has a break. */
export function onBreak(model: Model): boolean {
  return (model.snapshot?.break_since ?? null) !== null;
}

/** How many wait. */
export function waiting(model: Model): number {
  return model.snapshot?.waiting.length ?? 0;
}

/** How many of them "Avanti il prossimo" may call: not who was set aside, nor who waits for a colleague. */
export function claimable(model: Model): number {
  return model.snapshot?.waiting.filter(forAnyOrMe).length ?? 0;
}

/** Whether "Avanti il prossimo" may call this person. */
export function forAnyOrMe(person: WaitingPerson): boolean {
  return !person.parked && (person.wanted === '' || person.yours);
}

/** Whether somebody may be called at all. */
export function canChoose(model: Model): boolean {
  return model.phase === 'ready' && model.claiming === null && sessionOf(model) === null && !onBreak(model) && waiting(model) > 0;
}

/** Whether the screen must say that the line is down. */
export function offline(model: Model): boolean {
  return model.phase === 'ready' && !model.lineUp && model.now - model.lineDownAt >= OFFLINE_AFTER_MS;
}

/** Whether "Avanti il prossimo" can be pressed. */
export function canClaim(model: Model): boolean {
  return canChoose(model) && claimable(model) > 0;
}

/** Moves the machine by one event. */
export function update(model: Model, event: Event): Step {
  return inMatter(model, event) ?? inInviting(model, event) ?? inAsking(model, event) ?? inPassing(model, event) ?? move(model, event);
}

/** A state without effects. */
export function only(model: Model): Step {
  return { model, effects: [] };
}

/** Adds a message that stays. */
export function toast(model: Model, tone: Toast['tone'], text: string, reference = ''): Model {
  const next: Toast = { id: model.nextToast, tone, text, reference };
  return { ...model, toasts: [...model.toasts, next].slice(-MAX_TOASTS), nextToast: model.nextToast + 1 };
}

/** What a failed request does to the desk: an expired session is no toast. */
export function failed(model: Model, error: ApiError): Model {
  if (error.unauthenticated) return { ...model, phase: 'expired', claiming: null, busy: null };
  // Without words of the server the code stands for them; the view has a text for each client code.
  return toast(model, 'error', error.detail || error.code, error.instance);
}

function move(model: Model, event: Event): Step {
  switch (event.kind) {
    case 'tick':
      return tick(model, event.now);
    case 'lineUp':
      return { model: { ...model, lineUp: true }, effects: offline(model) ? [say('online')] : [] };
    case 'lineDown':
      return lineDown(model, event.error);
    case 'snapshot':
      return snapshot(model, event.snapshot);
    case 'soundChanged':
      return only({ ...model, soundAllowed: event.allowed });
    case 'shortcutsToggled':
      return {
        model: { ...model, shortcuts: !model.shortcuts },
        effects: [{ kind: 'keepShortcuts', on: !model.shortcuts }],
      };
    case 'shortcutsSet':
      return only({ ...model, shortcuts: event.on });
    case 'next':
      return next(model, event.requestId, event.chosen ?? null);
    case 'chosenReasoned':
      return only(model.choosing === null ? model : { ...model, choosing: { ...model.choosing, why: event.why } });
    case 'chosenConfirmed':
      return model.choosing !== null && canConfirm(model)
        ? claim({ ...model, dialog: null, choosing: null }, event.requestId, model.choosing.id, model.choosing.why.trim())
        : only(model);
    case 'claimed':
      return snapshot({ ...model, claiming: null }, event.snapshot);
    case 'claimFailed':
      return { model: failed({ ...model, claiming: null }, event.error), effects: [{ kind: 'refresh' }] };
    case 'rested':
      return only({ ...model, breath: null });
    case 'breakToggled':
      return { model, effects: [{ kind: 'break', on: !onBreak(model) }] };
    case 'helpCalled':
      return model.help === 'ask' ? { model: { ...model, help: 'calling' }, effects: [{ kind: 'help' }] } : only(model);
    case 'helpAnswered':
      return only({ ...model, help: event.answer });
    case 'helpFailed':
      return only(failed({ ...model, help: 'ask', dialog: null }, event.error));
    case 'microphoneToggled':
      return only({ ...model, microphone: !model.microphone });
    case 'cameraToggled':
      return only({ ...model, camera: !model.camera });
    case 'shareToggled':
      return sessionOf(model) === null ? only(model) : { model, effects: [{ kind: 'share' }] };
    case 'typing':
      return only({ ...model, call: { ...model.call, typing: event.now } });
    case 'sharing':
      return only({ ...model, sharing: event.on });
    case 'pointed':
      return sessionOf(model) === null ? only(model) : { model, effects: [{ kind: 'point', at: event.at }] };
    case 'link':
      return only({ ...model, call: { ...model.call, link: event.link } });
    case 'peer':
      return peer(model, event.peer);
    case 'quality':
      return only({ ...model, call: { ...model.call, quality: event.quality } });
    case 'picture':
      return only({ ...model, call: { ...model.call, picture: event.on } });
    case 'soundBlocked':
      return only({ ...model, call: { ...model.call, soundBlocked: event.blocked } });
    case 'mediaFault':
      return only({ ...model, fault: event.fault });
    case 'devices':
      return only({ ...model, devices: event.devices });
    case 'deviceChosen':
      return { model, effects: [{ kind: 'use', device: event.device, id: event.id }] };
    case 'takenBack':
      return model.call.link === 'elsewhere' ? { model, effects: [{ kind: 'takeBack' }] } : only(model);
    case 'beatAnswered': {
      const session = sessionOf(model);
      return session === null || session.state === event.state ? only(model) : { model, effects: [{ kind: 'refresh' }] };
    }
    case 'step': {
      const session = sessionOf(model);
      if (session === null || model.busy !== null || !can(session.state, event.step)) return only(model);
      return { model: { ...model, busy: event.step, dialog: null }, effects: [{ kind: 'step', step: event.step }] };
    }
    case 'stepDone':
      // Busy until the new state is here, or a second press would repeat the step.
      return { model, effects: [{ kind: 'refresh' }] };
    case 'failed':
      // A conflict means that the server knows better: look again.
      return { model: failed({ ...model, busy: null, closing: null }, event.error), effects: [{ kind: 'refresh' }] };
    case 'dialogOpened':
      return openDialog(model, event);
    case 'dialogClosed':
      return only({ ...model, dialog: null, viewing: null, passing: null, choosing: null });
    case 'dayFetched':
      return only(
        model.day?.date === event.date
          ? { ...model, day: { date: event.date, status: 'ready', appointments: event.day.appointments } }
          : model,
      );
    case 'dayFailed':
      return only(
        failed(model.day?.date === event.date ? { ...model, day: { ...model.day, status: 'failed' } } : model, event.error),
      );
    case 'dismissed':
      return only({ ...model, toasts: model.toasts.filter((t) => t.id !== event.id) });
    default:
      return only(model); // an event of a session that is over
  }
}

/** Calls the first, or a chosen person; who would pass over others is asked why. */
function next(model: Model, requestId: string, chosen: string | null): Step {
  if (chosen === null) return canClaim(model) ? claim(model, requestId, null, '') : only(model);
  if (!canChoose(model)) return only(model);
  const person = model.snapshot?.waiting.find((p) => p.id === chosen);
  const first = model.snapshot?.waiting.find(forAnyOrMe);
  const due = person === undefined || person.parked || person.yours || first?.id === chosen;
  return due ? claim(model, requestId, chosen, '') : only({ ...model, dialog: 'chosen', choosing: { id: chosen, why: '' } });
}

/** Whether the reason says anything; the server has the same rule. */
export function canConfirm(model: Model): boolean {
  return canChoose(model) && (model.choosing?.why.trim().length ?? 0) >= MIN_WHY;
}

function claim(model: Model, requestId: string, chosen: string | null, why: string): Step {
  return { model: { ...model, claiming: requestId, breath: null }, effects: [{ kind: 'claim', requestId, chosen, why }] };
}

function say(key: Extract<Effect, { kind: 'say' }>['key'], args: Readonly<Record<string, string | number>> = {}): Effect {
  return { kind: 'say', key, args };
}

function tick(before: Model, now: number): Step {
  const model = { ...before, now };
  return offline(model) && !offline(before) ? { model, effects: [say('offline')] } : only(model);
}

function lineDown(model: Model, error: ApiError): Step {
  if (error.unauthenticated) return only({ ...model, phase: 'expired', lineUp: false, claiming: null });
  return only({ ...model, lineUp: false, lineDownAt: model.lineUp ? model.now : model.lineDownAt });
}

function peer(model: Model, next: Model['call']['peer']): Step {
  const changed = { ...model, call: { ...model.call, peer: next } };
  return { model: changed, effects: next === 'lost' && sessionOf(model) !== null ? [say('dropped')] : [] };
}

function openDialog(model: Model, event: Extract<Event, { kind: 'dialogOpened' }>): Step {
  if (event.dialog === 'emergency') {
    return only(sessionOf(model) === null ? model : { ...model, dialog: 'emergency', help: 'ask' });
  }
  if (event.dialog === 'no_show') {
    const session = sessionOf(model);
    return only(session !== null && can(session.state, 'no_show') ? { ...model, dialog: 'no_show' } : model);
  }
  if (event.dialog === 'pass') return openPassing(model);
  if (event.dialog === 'invite') return openInviting(model);
  if (event.dialog === 'ask_paper' || event.dialog === 'ask_signature') return openAsking(model, event.dialog);
  if (event.dialog !== 'day' || event.date === undefined) return only({ ...model, dialog: event.dialog });
  return {
    model: { ...model, dialog: 'day', day: { date: event.date, status: 'loading', appointments: [] } },
    effects: [{ kind: 'day', date: event.date }],
  };
}

function snapshot(model: Model, next: DeskSnapshot): Step {
  const current = model.snapshot;
  // Answers and the stream may cross: what the server said earlier never replaces what it said later.
  if (current !== null && Date.parse(next.server_time) < Date.parse(current.server_time)) return only(model);
  const before = sessionOf(model);
  const known: Model = {
    ...model,
    phase: 'ready',
    lineUp: true,
    snapshot: next,
    skew: skewOf(model.skew, next.server_time, model.now),
    busy: ENDS.some((step) => step === model.busy) ? model.busy : null,
  };
  const after = sessionOf(known);
  if (before !== null && after?.id !== before.id) return ended(known, before, after);
  if (after !== null && before === null) return begun(known, after);
  if (after !== null && before !== null) return going(known, before, after);
  return arrivals(known, current);
}

/** Steps after which the session is the operator's no more: busy until the new state is here. */
const ENDS = ['close', 'no_show', 'park', 'pass'] as const;

function begun(model: Model, session: DeskSession): Step {
  return {
    model: { ...model, breath: null, claiming: null, call: NO_CALL, draft: EMPTY, microphone: true, camera: true, viewing: null },
    effects: [
      { kind: 'restore', session: session.id },
      say('called', { name: nameOf(session), kiosk: session.kiosk }),
    ],
  };
}

function ended(model: Model, before: DeskSession, after: DeskSession | null): Step {
  const mine = model.closing === before.id || model.busy === 'no_show';
  const away = model.busy === 'park' ? 'parked' : model.busy === 'pass' ? 'passed' : null;
  const done: Model = {
    ...model,
    call: NO_CALL,
    draft: EMPTY,
    busy: null,
    closing: null,
    uploads: 0,
    viewing: null,
    passing: null,
    dialog: model.dialog === 'no_show' || model.dialog === 'paper' || model.dialog === 'pass' ? null : model.dialog,
    breath: away !== null ? null : { name: nameOf(before), note: mine ? '' : model.draft.note, byCitizen: !mine },
  };
  const effects: Effect[] = [{ kind: 'forget', session: before.id }, say(away ?? 'ended', { name: nameOf(before) })];
  if (after === null) return { model: done, effects };
  const next = begun(done, after);
  return { model: next.model, effects: [...effects, ...next.effects] };
}

function going(model: Model, before: DeskSession, after: DeskSession): Step {
  const effects: Effect[] = [];
  if (before.state !== after.state && after.state !== 'called') {
    const key = after.state === 'connected' || after.state === 'held' || after.state === 'dropped' ? after.state : null;
    if (key !== null) effects.push(say(key));
  }
  const mine = (s: DeskSession) => s.chat.filter((line) => line.side === 'kiosk');
  const line = mine(after).at(-1);
  if (line !== undefined && mine(after).length > mine(before).length) {
    effects.push({ kind: 'notice' }, say('message', { text: line.text }));
  }
  const papers = (s: DeskSession) => s.documents.filter((d) => d.source === 'kiosk_capture').length;
  if (papers(after) > papers(before)) effects.push({ kind: 'notice' }, say('document'));
  return { model, effects };
}

/** It rings once, gently, for each who comes while the operator is ready. */
function arrivals(model: Model, before: DeskSnapshot | null): Step {
  const known = new Set(before?.waiting.map((person) => person.id));
  const fresh = model.snapshot?.waiting.filter((p) => !known.has(p.id) && forAnyOrMe(p)).length ?? 0;
  if (fresh === 0 || model.breath !== null) return only(model);
  return { model, effects: [{ kind: 'arrival' }, say('arrival', { count: waiting(model) })] };
}

/** "Maria Rossi" */
export function nameOf(session: DeskSession): string {
  return `${session.citizen.name} ${session.citizen.surname}`.trim();
}
