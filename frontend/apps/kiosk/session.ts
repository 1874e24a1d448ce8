/** The part of the machine that moves only while a session lives. */
import { inCall, isLive, type KioskSession, type KioskSnapshot, pagesOf } from '../../packages/api/types';
import { finish, only, type Step } from './core';
import { isLacking, lacking } from './lacking';
import type { Pointer } from '../../packages/call/index';
import type { Effect, Event, Model, Stage } from './model';

/** An open question "really leave?" goes away by itself. */
export const LEAVE_ASK_MS = 30_000;
/** Letters of one message. */
export const MESSAGE_LENGTH = 500;
/** How long a place that was pointed at stays marked. */
export const POINTER_MS = 6_000;
/** How long "we have it" stays after a paper was sent. */
export const PAPER_SENT_MS = 2_500;

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
      return only({ ...model, draft: (model.draft + event.letter).slice(0, MESSAGE_LENGTH) });
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
      return paper(model, event);
  }
}

/** The operator points at a page: it opens where it is not open yet, and the place is marked for a while. */
function pointed(model: Model, session: KioskSession, at: Pointer): Step {
  const shown = session.documents.find((d) => d.id === at.document);
  if (shown === undefined || at.page < 1 || at.page > pagesOf(shown).length || model.paper.step !== 'off') return only(model);
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
  if (model.paper.step === 'sent' && model.now - model.paper.at >= PAPER_SENT_MS) return closePaper(model);
  return only(model);
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
  const effects: Effect[] = sent.length > 0 || line ? [{ kind: 'notice' }] : [];
  return {
    model: {
      ...model,
      lineUp: true,
      snapshot,
      call: line ? { ...model.call, typing: '' } : model.call, // it was sent
      viewing: sent.at(-1)?.id ?? model.viewing,
      page: sent.length > 0 ? 1 : model.page,
      seen: [...model.seen, ...sent.map((d) => d.id)],
    },
    effects,
  };
}

const OFF = { step: 'off', picture: '', detail: '', at: 0 } as const;

function paper(model: Model, event: Event): Step | null {
  const { step } = model.paper;
  switch (event.kind) {
    case 'paperOpened':
      return only(step === 'off' && stageOf(model) === 'call' ? { ...model, paper: { ...OFF, step: 'aim' } } : model);
    case 'paperShoot':
      return step === 'aim' ? { model, effects: [{ kind: 'capture' }] } : only(model);
    case 'paperShot':
      return step === 'aim'
        ? only({ ...model, paper: { ...OFF, step: 'review', picture: event.picture } })
        : { model, effects: [{ kind: 'discard' }] };
    case 'paperRetake':
      return step === 'review' || step === 'failed'
        ? { model: { ...model, paper: { ...OFF, step: 'aim' } }, effects: [{ kind: 'discard' }] }
        : only(model);
    case 'paperAccepted':
      return (step === 'review' || step === 'failed') && model.paper.picture !== ''
        ? { model: { ...model, paper: { ...model.paper, step: 'sending' } }, effects: [{ kind: 'upload' }] }
        : only(model);
    case 'paperSent':
      return step === 'sending'
        ? {
            model: { ...model, paper: { ...OFF, step: 'sent', at: model.now } },
            effects: [{ kind: 'discard' }, { kind: 'refresh' }],
          }
        : only(model);
    case 'paperFailed':
      return only(
        step === 'sending' || step === 'aim'
          ? { ...model, paper: { ...model.paper, step: 'failed', detail: event.detail } }
          : model,
      );
    case 'paperClosed':
      return step === 'sending' ? only(model) : closePaper(model);
    default:
      return null;
  }
}

function closePaper(model: Model): Step {
  return { model: { ...model, paper: OFF }, effects: [{ kind: 'discard' }] };
}
