/** The part of the machine that moves only while a session lives. */
import { inCall, isLive, type KioskSession, type KioskSnapshot, pagesOf } from '../../packages/api/types';
import { finish, only, type Step } from './core';
import { isLacking, lacking } from './lacking';
import { asked, inPaper, paperTick } from './paper';
import { inSign, NAME_LENGTH, signAsked, signTick } from './sign';
import type { Pointer } from '../../packages/call/index';
import type { Effect, Event, Model, Stage } from './model';

/** An open question "really leave?" goes away by itself. */
export const LEAVE_ASK_MS = 30_000;
/** Letters of one message. */
export const MESSAGE_LENGTH = 500;
/** How long a place that was pointed at stays marked. */
export const POINTER_MS = 6_000;

/** What the citizen sees of the session: the server's word, corrected by what this side sees and hears. */
export function stageOf(model: Model): Stage {
  const session = model.snapshot?.session;
  const { link, peer, picture } = model.call;
  const together = link === 'on' && peer !== 'lost' && (picture || peer === 'here');
  switch (session?.state) {
    case 'called':
      return together ? 'call' : peer === 'lost' ? 'dropped' : 'ringing';
    case 'connected':
      if (together) return 'call';
      return link === 'lost' || link === 'elsewhere' || peer === 'lost' ? 'dropped' : 'joining';
    case 'held':
      return 'held';
    case 'dropped':
      return together && peer === 'here' ? 'call' : 'dropped';
    default:
      return 'waiting';
  }
}

/** Takes the events of a live session; null for all others. */
export function inSession(model: Model, event: Event): Step | null {
  const session = model.snapshot?.session ?? null;
  if (model.screen !== 'session' || session === null) return null;
  if (isLacking(event)) return lacking(model, event);
  switch (event.kind) {
    case 'tick':
      return tick({ ...model, now: event.now });
    case 'snapshot':
      return arrivals(model, event.snapshot);
    case 'beatAnswered':
      return event.state === session.state ? only(model) : { model, effects: [{ kind: 'refresh' }] };
    case 'link':
      return only({ ...model, call: { ...model.call, link: event.link } });
    case 'peer':
      return only({ ...model, call: { ...model.call, peer: event.peer } });
    case 'quality':
      return only({ ...model, call: { ...model.call, quality: event.quality } });
    case 'picture':
      return only({ ...model, call: { ...model.call, picture: event.on } });
    case 'soundBlocked':
      return only({ ...model, call: { ...model.call, soundBlocked: event.blocked } });
    case 'screen':
      return only({ ...model, call: { ...model.call, screen: event.on } });
    case 'pointed':
      return pointed(model, session, event.at);
    case 'typing':
      return only({ ...model, call: { ...model.call, typing: event.now.text } });
    case 'readingToggled':
      return only({ ...model, look: { ...model.look, reads: !model.look.reads } });
    case 'mediaFault':
      return only({ ...model, fault: event.fault });
    case 'repliesToggled':
      return only({ ...model, replies: !model.replies, draft: '' });
    case 'privacyToggled':
      return only({ ...model, privacy: !model.privacy });
    case 'letter':
      return only(written(model, event.letter));
    case 'letterErased':
      return only({ ...model, draft: [...model.draft].slice(0, -1).join('') });
    case 'chatSent': {
      const text = event.text.trim();
      if (text === '' || !inCall(session.state)) return only(model);
      return { model: { ...model, replies: false, draft: '', chatFailed: false }, effects: [{ kind: 'chat', text }] };
    }
    case 'chatFailed':
      return only({ ...model, chatFailed: true });
    case 'documentOpened':
      return only(session.documents.some((d) => d.id === event.id) ? { ...model, viewing: event.id, page: 1 } : model);
    case 'documentClosed':
      return only({ ...model, viewing: null });
    case 'pageTurned': {
      const pages = session.documents.filter((d) => d.id === model.viewing).flatMap(pagesOf).length;
      return only({ ...model, page: Math.min(Math.max(1, model.page + event.by), Math.max(1, pages)) });
    }
    case 'leaveAsked':
      return only({ ...model, leave: 'ask', touchedAt: model.now });
    case 'leaveCancelled':
      return only({ ...model, leave: 'no' });
    case 'leaveConfirmed':
      return leave(model, session);
    default:
      return inSign(model, event, session) ?? inPaper(model, event, stageOf(model) === 'call');
  }
}

/** A letter more; each part of a name that is signed begins with a large one. */
function written(model: Model, letter: string): Model {
  const name = model.sign.step === 'type';
  const next = name && /(^|[ '’-])$/.test(model.draft) ? letter.toLocaleUpperCase('it') : letter;
  return { ...model, draft: (model.draft + next).slice(0, name ? NAME_LENGTH : MESSAGE_LENGTH) };
}

/** The operator points at a page: it opens where it is not open yet, and the place is marked for a while. */
function pointed(model: Model, session: KioskSession, at: Pointer): Step {
  const shown = session.documents.find((d) => d.id === at.document);
  if (shown === undefined || at.page < 1 || at.page > pagesOf(shown).length || model.paper.step !== 'off' || model.sign.step !== 'off') return only(model);
  return only({ ...model, viewing: at.document, page: at.page, pointer: { ...at, at: model.now } });
}

/** Leaving is immediate here; that the server hears it is made sure of afterwards. */
function leave(model: Model, session: KioskSession): Step {
  const done = finish(model, session.id, { outcome: '', text: '', left: true });
  return {
    model: { ...done.model, leaveSentAt: model.now },
    effects: [...done.effects, { kind: 'leave', session: session.id }],
  };
}

function tick(model: Model): Step {
  if (model.leave === 'ask' && model.now - model.touchedAt >= LEAVE_ASK_MS) return only({ ...model, leave: 'no' });
  if (model.pointer !== null && model.now - model.pointer.at >= POINTER_MS) return only({ ...model, pointer: null });
  return only(signTick(paperTick(model)));
}

/** A document just sent by the operator opens by itself, once. Null hands the snapshot on. */
function arrivals(model: Model, snapshot: KioskSnapshot): Step | null {
  const current = model.snapshot;
  const next = snapshot.session;
  if (next === null || !isLive(next.state) || next.id !== current?.session?.id) return null;
  if (Date.parse(snapshot.server_time) < Date.parse(current.server_time)) return only(model);
  const sent = next.documents.filter((d) => d.source === 'desk_upload' && !model.seen.includes(d.id));
  const lines = (session: KioskSession): number => session.chat.filter((line) => line.side === 'desk').length;
  const line = lines(next) > lines(current.session);
  const wanted = next.ask !== null && next.ask.id !== current.session.ask?.id;
  const effects: Effect[] = sent.length > 0 || wanted || line ? [{ kind: 'notice' }] : [];
  return {
    model: signAsked(asked({
      ...model,
      lineUp: true,
      snapshot,
      call: line ? { ...model.call, typing: '' } : model.call, // it was sent
      viewing: sent.at(-1)?.id ?? model.viewing,
      page: sent.length > 0 ? 1 : model.page,
      seen: [...model.seen, ...sent.map((d) => d.id)],
    }, next), next),
    effects,
  };
}
