/** The part of the machine for who waits and finds that they lack something: say so, or come another time. Pure. */
import { finish, NOT_LACKING, only, type Step } from './core';
import type { Event, Model } from './model';

/** The events of this part. */
export type LackingEvent = Extract<
  Event,
  { kind: 'lackOpened' | 'lackClosed' | 'lackToggled' | 'lackSaid' | 'timesAsked' | 'timesRead' | 'timeChosen' | 'cancelAsked' | 'lackBack' | 'awayConfirmed' | 'wentAway' | 'awayRefused' }
>;

/** Whether an event is one of them. */
export function isLacking(event: Event): event is LackingEvent {
  return /^(lack|times|timeChosen|cancelAsked|away|wentAway)/.test(event.kind);
}

/** The end of a visit that became another time, or none. */
export function wentAway(model: Model, session: string): Step {
  const { start } = model.lacking;
  return finish(model, session, { outcome: start === '' ? 'cancelled' : 'moved', text: start, left: false });
}

/** Moves the machine; only while somebody waits with an appointment. */
export function lacking(model: Model, event: LackingEvent): Step {
  const session = model.snapshot?.session;
  if (!session || session.state !== 'waiting') return only({ ...model, lacking: NOT_LACKING });
  const of = model.lacking;
  const to = (more: Partial<Model['lacking']>): Model => ({ ...model, lacking: { ...of, failed: '', ...more } });
  switch (event.kind) {
    case 'lackOpened':
      return only(to({ step: 'list', items: session.lacks }));
    case 'lackClosed':
      return only({ ...model, lacking: NOT_LACKING });
    case 'lackToggled': {
      const items = of.items.includes(event.item) ? of.items.filter((one) => one !== event.item) : [...of.items, event.item];
      return only(to({ items }));
    }
    case 'lackSaid':
      return { model: { ...model, lacking: NOT_LACKING }, effects: [{ kind: 'lack', items: of.items }] };
    case 'timesAsked':
      return { model: to({ step: 'times', times: null }), effects: [{ kind: 'times' }] };
    case 'timesRead':
      return only(of.step === 'times' ? to({ times: event.times }) : model);
    case 'timeChosen':
      return only(to({ step: 'sure', start: event.start }));
    case 'cancelAsked':
      return only(to({ step: 'sure', start: '' }));
    case 'lackBack':
      return only(to({ step: 'list' }));
    case 'awayConfirmed':
      if (of.step !== 'sure') return only(model);
      return {
        model: to({ step: 'busy' }),
        effects: [of.start === '' ? { kind: 'cancelAway' } : { kind: 'moveAway', start: of.start }],
      };
    case 'wentAway':
      return wentAway(model, session.id);
    case 'awayRefused':
      return only(to({ step: 'list', failed: event.detail }));
  }
}
