/** The guided test of the apparatus, for whoever sets up or keeps a kiosk. Pure. */
import { only, type Step, wipe } from './core';
import type { Event, Model, Part, Trial } from './model';

/** The parts in the order they are tried. */
const PARTS: readonly Part[] = ['camera', 'microphone', 'speaker', 'touch', 'printer', 'network'];
/** Places of the screen to touch: the corners and the middle. */
export const SPOTS = 5;
/** A test that nobody goes on with ends. */
export const TEST_IDLE_MS = 180_000;

/** The events of this part. */
export type TestEvent = Extract<Event, { kind: `test${string}` }>;

/** Whether an event is one of them. */
export function isTest(event: Event): event is TestEvent {
  return event.kind.startsWith('test');
}

/** Moves the machine. */
export function selfTest(model: Model, event: TestEvent): Step {
  if (event.kind === 'testOpened') return model.screen === 'start' && !model.home ? open(model) : only(model);
  const { trial } = model;
  if (model.screen !== 'selftest' || trial === null) return only(model);
  const to = (more: Partial<Trial>): Model => ({ ...model, trial: { ...trial, ...more }, touchedAt: model.now });
  switch (event.kind) {
    case 'testTried': // by the machine itself; null: only a person can tell
      if (event.part !== trial.step) return only(model);
      return event.ok === null ? only(to({ state: 'ask' })) : next(to({ found: { ...trial.found, [event.part]: event.ok } }));
    case 'testAnswered':
      return trial.step === 'done' ? only(model) : next(to({ found: { ...trial.found, [trial.step]: event.ok } }));
    case 'testSkipped':
      return trial.step === 'done' ? only(model) : next(to({}));
    case 'testStarted':
      if (trial.step === 'speaker') return { model: to({ state: 'busy' }), effects: [{ kind: 'testSound' }] };
      return trial.step === 'printer' ? { model: to({ state: 'ask' }), effects: [{ kind: 'print' }] } : only(model);
    case 'testSpot': {
      if (trial.step !== 'touch') return only(model);
      const spots = [...new Set([...trial.spots, event.spot])];
      return spots.length === SPOTS ? next(to({ spots, found: { ...trial.found, touch: true } })) : only(to({ spots }));
    }
    case 'testSend':
      return trial.step === 'done' && trial.sent === 'failed' ? send(to({})) : only(model);
    case 'testSent':
      return only(to({ sent: event.ok ? 'yes' : 'failed' }));
    case 'testClosed':
      return wipe(model);
  }
}

function open(model: Model): Step {
  const parts = PARTS.filter((part) => part !== 'printer' || model.snapshot?.kiosk.printer === true);
  const trial: Trial = { parts, step: 'camera', state: 'ready', found: {}, spots: [], sent: 'no' };
  return only({ ...model, screen: 'selftest', fresh: false, trial, touchedAt: model.now });
}

function next(model: Model): Step {
  const trial = model.trial!;
  const step = trial.parts[trial.parts.indexOf(trial.step as Part) + 1] ?? 'done';
  const moved: Model = { ...model, trial: { ...trial, step, state: step === 'network' ? 'busy' : 'ready' } };
  if (step === 'network') return { model: moved, effects: [{ kind: 'testLine' }] };
  return step === 'done' ? send(moved) : only(moved);
}

function send(model: Model): Step {
  const trial = model.trial!;
  return { model: { ...model, trial: { ...trial, sent: 'sending' } }, effects: [{ kind: 'testSend', found: trial.found }] };
}
