/** The part of the kiosk's machine for who has no appointment. Pure. */
import { only, type Step } from './core';
import type { Event, Model } from './model';

/** Moves the machine by an event of the list of services. */
export function walkIn(model: Model, event: Extract<Event, { kind: 'walkInAsked' | 'walkInsRead' | 'walkInChosen' }>): Step {
  switch (event.kind) {
    case 'walkInAsked':
      if (model.screen !== 'start' && !(model.screen === 'walkin' && model.offers === 'unread')) return only(model);
      return {
        model: { ...model, screen: 'walkin', offers: null, touchedAt: model.now },
        effects: [{ kind: 'walkIns' }, { kind: 'preload' }],
      };
    case 'walkInsRead':
      return only(model.screen === 'walkin' ? { ...model, offers: event.services } : model);
    case 'walkInChosen': {
      if (model.screen !== 'walkin' || model.busy) return only(model);
      const { service, requestId } = event;
      return {
        model: { ...model, busy: true, touchedAt: model.now, pending: { requestId, service, since: model.now, inFlight: true } },
        effects: [{ kind: 'takeNumber', service, requestId }],
      };
    }
  }
}
