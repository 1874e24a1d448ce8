/** The part of the desk's machine that passes a person to another office or colleague. Pure. */
import type { Event, Model, Passing } from './model';
import { failed, only, sessionOf, type Step } from './state';
import { can } from './steps';

const FRESH: Passing = { targets: null, to: null, why: '', wrong: '' };

/** Shortest reason that says anything; the server has the same rule. */
export const MIN_WHY = 3;

/** Opens the window, where the session allows it. */
export function openPassing(model: Model): Step {
  const session = sessionOf(model);
  if (session === null || !can(session.state, 'pass')) return only(model);
  return { model: { ...model, dialog: 'pass', passing: FRESH }, effects: [{ kind: 'targets' }] };
}

/** Whether everything is there that passing needs. */
export function canPass(model: Model): boolean {
  return model.busy === null && model.passing !== null && model.passing.to !== null && model.passing.why.trim().length >= MIN_WHY;
}

/** Takes the events of the window; null for all others. */
export function inPassing(model: Model, event: Event): Step | null {
  const { passing } = model;
  switch (event.kind) {
    case 'targetsRead':
      return only(passing === null ? model : { ...model, passing: { ...passing, targets: event.targets } });
    case 'passChosen':
      return only(passing === null ? model : { ...model, passing: { ...passing, to: event.to, wrong: '' } });
    case 'passReasoned':
      return only(passing === null ? model : { ...model, passing: { ...passing, why: event.why, wrong: '' } });
    case 'passAsked':
      if (passing === null || passing.to === null || !canPass(model)) return only(model);
      return { model: { ...model, busy: 'pass' }, effects: [{ kind: 'pass', to: passing.to, why: passing.why.trim() }] };
    case 'passRefused': {
      const free: Model = { ...model, busy: null };
      if (event.error.unauthenticated || passing === null) return only(failed(free, event.error));
      // What was chosen and written stays, with what is wrong beside it.
      return { model: { ...free, passing: { ...passing, wrong: event.error.detail || event.error.code } }, effects: [{ kind: 'refresh' }] };
    }
    default:
      return null;
  }
}
