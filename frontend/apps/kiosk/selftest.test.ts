import { describe, expect, it } from 'vitest';
import { stoodOut } from './apparatus';
import type { Event, Model } from './model';
import { TEST_IDLE_MS } from './selftest';
import { initial, update } from './state';

const START: Model = {
  ...initial(0),
  screen: 'start',
  lineUp: true,
  snapshot: {
    kiosk: { id: 'k', name: 'Scuola', place: '', address: '', printer: true },
    entity: { key: 'isernia', name: 'Isernia', phone: '' },
    server_time: '2026-05-05T08:30:00Z',
    version: 1,
    walk_in: false,
    session: null,
  },
};
const run = (model: Model, ...events: Event[]) =>
  events.reduce<{ model: Model; effects: string[] }>(
    (so, event) => {
      const step = update(so.model, event);
      return { model: step.model, effects: [...so.effects, ...step.effects.map((e) => e.kind).filter((k) => k !== 'say')] };
    },
    { model, effects: [] },
  );
const answered = (ok: boolean): Event => ({ kind: 'testAnswered', ok });
const spots: Event[] = [0, 1, 1, 2, 3, 4].map((spot) => ({ kind: 'testSpot', spot }));

describe('the guided test', () => {
  it('goes through every part and tells what was found, with what was not tried left out', () => {
    const { model, effects } = run(
      START, { kind: 'testOpened' }, answered(true),
      { kind: 'testTried', part: 'speaker', ok: true }, // of another part: too early
      { kind: 'testTried', part: 'microphone', ok: true },
      { kind: 'testStarted' }, { kind: 'testTried', part: 'speaker', ok: null }, answered(false),
      ...spots, { kind: 'testSkipped' }, { kind: 'testTried', part: 'network', ok: true },
    );
    expect(model.trial).toMatchObject({ step: 'done', sent: 'sending', found: { camera: true, microphone: true, speaker: false, touch: true, network: true } });
    expect(model.trial?.found).not.toHaveProperty('printer');
    expect(effects).toEqual(['testSound', 'testLine', 'testSend']);
  });

  it('asks for a printer only where there is one', () => {
    const without = { ...START, snapshot: { ...START.snapshot!, kiosk: { ...START.snapshot!.kiosk, printer: false } } };
    expect(run(without, { kind: 'testOpened' }).model.trial?.parts).not.toContain('printer');
    const atPrinter = run(START, { kind: 'testOpened' }, ...Array<Event>(4).fill({ kind: 'testSkipped' }), { kind: 'testStarted' });
    expect(atPrinter.model.trial).toMatchObject({ step: 'printer', state: 'ask' });
    expect(atPrinter.effects).toEqual(['print']);
  });

  it('sends again what did not arrive, and only then', () => {
    const done = run(START, { kind: 'testOpened' }, ...Array<Event>(6).fill({ kind: 'testSkipped' })).model;
    expect(run(done, { kind: 'testSend' }).effects).toEqual([]);
    expect(run(done, { kind: 'testSent', ok: false }, { kind: 'testSend' }).effects).toEqual(['testSend']);
  });

  it('opens from the first screen only, and ends by itself', () => {
    expect(run(run(START, { kind: 'begin' }).model, { kind: 'testOpened' }).model.screen).toBe('code');
    expect(run({ ...START, home: true }, { kind: 'testOpened' }).model.screen).toBe('start');
    const open = run(START, { kind: 'testOpened' }).model;
    expect(run(open, { kind: 'tick', now: TEST_IDLE_MS - 1 }).model.screen).toBe('selftest');
    expect(run(open, { kind: 'tick', now: TEST_IDLE_MS }).model).toMatchObject({ screen: 'start', trial: null });
  });

  it('hears its tone only where it stands out', () => {
    expect(stoodOut([-90, -88, -91], [-60, -58, -61])).toBe(true);
    expect(stoodOut([-60, -61, -60], [-58, -59, -57])).toBe(false);
    expect(stoodOut([], [])).toBe(false);
  });
});
