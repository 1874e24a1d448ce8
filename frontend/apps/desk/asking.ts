/** The part of the desk's machine that asks the citizen for a paper or for a signature. Pure. */
import type { Ask } from '../../packages/api/types';
import type { Asking, Event, Model } from './model';
import { failed, only, sessionOf, type Step } from './state';

/** Pages that may be expected of a paper; documents.MaxCaptured. */
export const MOST_PAGES = 12;

const FRESH: Asking = { name: '', pages: 0, document: '', text: '', busy: false, wrong: '' };

/** What is asked now, or null. */
export function openAsk(model: Model): Ask | null {
  return sessionOf(model)?.asks.find((ask) => ask.state === 'open') ?? null;
}

/** Opens a window, where there is a call and nothing else is asked. */
export function openAsking(model: Model, dialog: 'ask_paper' | 'ask_signature'): Step {
  if (sessionOf(model) === null || openAsk(model) !== null) return only(model);
  return only({ ...model, dialog, asking: FRESH });
}

/** Takes the events of asking; null for all others. */
export function inAsking(model: Model, event: Event): Step | null {
  if (event.kind === 'askWithdrawn') return { model, effects: [{ kind: 'withdrawAsk', id: event.id }] };
  const { asking } = model;
  if (asking === null || (model.dialog !== 'ask_paper' && model.dialog !== 'ask_signature')) return null;
  const to = (more: Partial<Asking>): Model => ({ ...model, asking: { ...asking, wrong: '', ...more } });
  switch (event.kind) {
    case 'askTyped':
      return only(to(event.change));
    case 'askSubmitted':
      if (asking.busy || !ready(model.dialog, asking)) return only(model);
      return { model: to({ busy: true }), effects: [{ kind: 'ask', what: model.dialog, of: asking }] };
    case 'askReady':
      return { model: { ...model, dialog: null, asking: null }, effects: [{ kind: 'refresh' }] };
    case 'askRefused':
      if (event.error.unauthenticated) return only(failed(model, event.error));
      return only(to({ busy: false, wrong: event.error.detail || event.error.code }));
    default:
      return null;
  }
}

/** Whether enough is written to ask. */
export function ready(what: 'ask_paper' | 'ask_signature', { name, text, document }: Asking): boolean {
  if (what === 'ask_paper') return name.trim() !== '';
  return document !== '' || (name.trim() !== '' && text.trim() !== '');
}
