/** The part of the desk's machine that brings somebody else into the call. Pure. */
import type { Event, Inviting, Model } from './model';
import { failed, only, sessionOf, type Step } from './state';

const FRESH: Inviting = { name: '', colleagues: [], busy: false, wrong: '' };

/** Opens the window, where there is a call. */
export function openInviting(model: Model): Step {
  if (sessionOf(model) === null) return only(model);
  return { model: { ...model, dialog: 'invite', inviting: FRESH }, effects: [{ kind: 'targets' }] };
}

/** Takes the events of the window while it is open; null for all others. */
export function inInviting(model: Model, event: Event): Step | null {
  const { inviting } = model;
  if (inviting === null || model.dialog !== 'invite') return null;
  const to = (more: Partial<Inviting>): Model => ({ ...model, inviting: { ...inviting, wrong: '', ...more } });
  switch (event.kind) {
    case 'targetsRead':
      return only(to({ colleagues: event.targets === 'unread' ? [] : event.targets.colleagues }));
    case 'guestNamed':
      return only(to({ name: event.name }));
    case 'guestInvited':
      if (inviting.busy || (event.colleague === '' && inviting.name.trim() === '')) return only(model);
      return { model: to({ busy: true }), effects: [{ kind: 'invite', name: inviting.name.trim(), colleague: event.colleague }] };
    case 'guestReady':
      return { model: to({ busy: false, name: '' }), effects: [{ kind: 'refresh' }] };
    case 'guestRefused':
      if (event.error.unauthenticated) return only(failed(model, event.error));
      return only(to({ busy: false, wrong: event.error.detail || event.error.code }));
    case 'guestSentAway':
      return { model, effects: [{ kind: 'sendAway', id: event.id }] };
    default:
      return null;
  }
}
