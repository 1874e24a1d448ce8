/** The part of the machine in which a document is read and signed, or not. Pure. */
import { type KioskSession, type Paper, pagesOf } from '../../packages/api/types';
import { NO_SIGN, only, type Step } from './core';
import type { Event, Model, SignState } from './model';

/** Letters of a name typed instead of a signature. */
export const NAME_LENGTH = 100;
/** How long "we have it" stays. */
export const SIGNED_MS = 3_500;

const withSign = (model: Model, more: Partial<SignState>): Model => ({ ...model, sign: { ...model.sign, ...more } });

/** What is to be signed; undefined where nothing is. */
export function toSign(session: KioskSession): Paper | undefined {
  return session.ask?.kind === 'signature' ? session.documents.find(({ id }) => id === session.ask?.document_id) : undefined;
}

/** A signature that is asked for opens its document by itself, once; one that is asked for no longer closes it. */
export function signAsked(model: Model, { ask }: KioskSession): Model {
  const id = ask?.kind === 'signature' ? ask.id : '';
  const { sign } = model;
  if (id === sign.ask || (id === '' && (sign.step === 'sending' || sign.step === 'signed'))) return model;
  const fresh = { ...model, sign: { ...NO_SIGN, ask: id }, draft: sign.step === 'type' ? '' : model.draft };
  return id === '' ? fresh : { ...fresh, sign: { ...fresh.sign, step: 'read' }, viewing: null, replies: false, page: 1, draft: '' };
}

/** Takes the events of a signature; null for all others. */
export function inSign(model: Model, event: Event, session: KioskSession): Step | null {
  const { sign } = model;
  const { step } = sign;
  const to = (more: Partial<SignState>): Step => only(withSign(model, more));
  const document = toSign(session);
  const pages = document === undefined ? 0 : pagesOf(document).length;
  switch (event.kind) {
    case 'signOpened':
      return step === 'off' && document !== undefined ? only({ ...withSign(model, { step: 'read' }), page: 1, viewing: null }) : only(model);
    case 'signClosed':
      return step === 'sending' ? only(model) : only({ ...withSign(model, { step: 'off', drawn: false, failed: null }), draft: '' });
    case 'signTurned': {
      if (step !== 'read') return only(model);
      const page = Math.min(Math.max(1, model.page + event.by), Math.max(1, pages));
      return only({ ...withSign(model, { seen: Math.max(sign.seen, page) }), page });
    }
    case 'signGo':
      return step === 'type' || (step === 'read' && document !== undefined && Math.max(1, sign.seen) >= pages) ? only({ ...withSign(model, { step: 'draw', failed: null }), draft: '' }) : only(model);
    case 'signReread':
      return step === 'draw' || step === 'type' ? only({ ...withSign(model, { step: 'read', drawn: false, failed: null }), page: 1, draft: '' }) : only(model);
    case 'signTyping':
      return step === 'draw' ? only({ ...withSign(model, { step: 'type', drawn: false, failed: null }), draft: '' }) : only(model);
    case 'signDrawn':
      return step === 'draw' ? to({ drawn: event.drawn, request: '' }) : only(model);
    case 'signCleared':
      return step === 'draw' ? { model: withSign(model, { drawn: false, request: '' }), effects: [{ kind: 'clearPad' }] } : only(model);
    case 'signConfirmed': {
      const typed = step === 'type' ? model.draft.trim() : '';
      if (!(step === 'draw' && sign.drawn) && typed === '') return only(model);
      const request = sign.request === '' ? event.requestId : sign.request;
      return { model: withSign(model, { step: 'sending', from: step === 'type' ? 'type' : 'draw', request, failed: null }), effects: [{ kind: 'sign', ask: sign.ask, request, typed }] };
    }
    case 'signSent':
      return step === 'sending'
        ? { model: { ...withSign(model, { ...NO_SIGN, ask: sign.ask, step: 'signed', since: model.now }), draft: '' }, effects: [{ kind: 'refresh' }] }
        : only(model);
    case 'signFailed':
      // Asked for no longer: the screen follows what the server says.
      if (step === 'sending') return { model: withSign(model, { step: sign.from, failed: event.detail }), effects: [{ kind: 'refresh' }] };
      return to({ failed: event.detail });
    case 'signRefused':
      return step === 'off' || step === 'sending' || step === 'signed'
        ? only(model)
        : { model: { ...withSign(model, { step: 'off', drawn: false }), draft: '' }, effects: [{ kind: 'refuse', ask: sign.ask }] };
    default:
      return null;
  }
}

/** What is being written to the operator. A name typed to sign is not: nobody reads it before it is confirmed. */
export function writing({ sign, draft }: Model): string {
  return sign.step === 'type' || sign.step === 'sending' ? '' : draft;
}

/** That it is signed is told for a while. */
export function signTick(model: Model): Model {
  return model.sign.step === 'signed' && model.now - model.sign.since >= SIGNED_MS ? withSign(model, { step: 'off' }) : model;
}
