import { describe, expect, it } from 'vitest';
import type { KioskSession, KioskSnapshot } from '../../packages/api/types';
import type { Effect, Event, Model } from './model';
import { writing } from './sign';
import { demandOf, initial, update } from './state';

let clock = 0;
const pages = ['/p1', '/p2'];
const document = { id: 'd1', name: 'Delega.pdf', media_type: 'image/png', size_bytes: 9, source: 'desk_text', at: '2026-05-05T08:30:00Z', url: '/p1', pages } as const;
const ask = { id: 'a1', kind: 'signature', name: 'Delega.pdf', pages: 0, document_id: 'd1', state: 'open', result_id: null } as const;

const session = (more: Partial<KioskSession> = {}): KioskSession => ({
  id: 's1', state: 'connected', service: { title: 'Delega', needed: [] }, lacks: [], ticket: null, office: 'Anagrafe', operator_name: 'Anna',
  titolare: 'Comune di Isernia', privacy_notice: '', appointment_at: null, parked: false, position: null, estimate_minutes: null, guests: [], chat: [],
  documents: [document], ask, ended: null, ...more,
});
const snap = (of: KioskSession | null): Event => ({
  kind: 'snapshot',
  snapshot: {
    kiosk: { id: 'k1', name: 'Scuola', place: '', address: '', printer: false }, entity: { key: 'isernia', name: 'Isernia', phone: '' },
    server_time: new Date(Date.UTC(2026, 4, 5, 8, 0, (clock += 1))).toISOString(), version: clock, walk_in: false, session: of,
  } satisfies KioskSnapshot,
});

function run(model: Model, ...events: readonly Event[]): { model: Model; effects: readonly Effect[] } {
  let last: readonly Effect[] = [];
  let now = model;
  for (const event of events) {
    const step = update(now, event);
    now = step.model;
    last = step.effects.filter(({ kind }) => kind !== 'say');
  }
  return { model: now, effects: last };
}

const asked = (): Model => run(initial(0), { kind: 'lineUp' }, snap(session({ ask: null })), { kind: 'link', link: 'on' }, { kind: 'peer', peer: 'here' }, { kind: 'picture', on: true }, snap(session())).model;
const drawing = (): Model => run(asked(), { kind: 'signTurned', by: 1 }, { kind: 'signGo' }).model;

describe('a signature', () => {
  it('is asked for with its document, which is read to the end before it is signed', () => {
    expect(asked().sign).toMatchObject({ step: 'read', ask: 'a1' });
    expect(run(asked(), { kind: 'signGo' }).model.sign.step).toBe('read');
    expect(run(asked(), { kind: 'signTurned', by: 1 }, { kind: 'signTurned', by: -1 }, { kind: 'signGo' }).model.sign.step).toBe('draw');
    expect(demandOf(drawing()).call).toBe(true);
  });

  it('is sent once it is drawn, and again with the same request when the line failed', () => {
    const confirm = (requestId: string): Event => ({ kind: 'signConfirmed', requestId });
    expect(run(drawing(), confirm('r1')).effects).toEqual([]);
    const sending = run(drawing(), { kind: 'signDrawn', drawn: true }, confirm('r1'));
    expect(sending.effects).toEqual([{ kind: 'sign', ask: 'a1', request: 'r1', typed: '' }]);
    const failed = run(sending.model, { kind: 'signFailed', detail: '' }).model;
    expect(failed.sign).toMatchObject({ step: 'draw', drawn: true, failed: '' });
    expect(run(failed, confirm('r2')).effects).toEqual([{ kind: 'sign', ask: 'a1', request: 'r1', typed: '' }]);
    expect(run(failed, { kind: 'signDrawn', drawn: true }, confirm('r3')).effects).toEqual([{ kind: 'sign', ask: 'a1', request: 'r3', typed: '' }]);
    const early = run(sending.model, snap(session({ ask: null })));
    expect(early.model.sign.step).toBe('sending');
    const sent = run(early.model, { kind: 'signSent' });
    expect(sent.model.sign.step).toBe('signed');
    expect(run(sent.model, { kind: 'tick', now: 60_000 }).model.sign.step).toBe('off');
  });

  it('is wiped and drawn anew', () => {
    const wiped = run(drawing(), { kind: 'signDrawn', drawn: true }, { kind: 'signCleared' });
    expect(wiped.effects).toEqual([{ kind: 'clearPad' }]);
    expect(wiped.model.sign.drawn).toBe(false);
  });

  it('is a typed name for who cannot draw', () => {
    const typing = run(drawing(), { kind: 'signTyping' }).model;
    expect(run(typing, { kind: 'signConfirmed', requestId: 'r' }).effects).toEqual([]);
    const done = run(typing, ...[...'ada d’arco'].map((letter): Event => ({ kind: 'letter', letter })), { kind: 'signConfirmed', requestId: 'r' });
    expect(done.effects).toEqual([{ kind: 'sign', ask: 'a1', request: 'r', typed: 'Ada D’Arco' }]);
    expect(run(done.model, { kind: 'signFailed', detail: 'No.' }).model).toMatchObject({ draft: 'Ada D’Arco', sign: { step: 'type', failed: 'No.' } });
  });

  it('keeps a typed name from everybody until it is confirmed, and from the chat after', () => {
    const ada = [...'ada'].map((letter): Event => ({ kind: 'letter', letter }));
    const typed = run(drawing(), { kind: 'signTyping' }, ...ada).model;
    expect(typed.draft).toBe('Ada');
    expect(writing(typed)).toBe('');
    expect(writing(run(typed, { kind: 'signConfirmed', requestId: 'r' }).model)).toBe('');
    const ways: readonly Event[] = [{ kind: 'signClosed' }, { kind: 'signReread' }, { kind: 'signGo' }, { kind: 'signRefused' }, snap(session({ ask: null }))];
    for (const way of ways) expect(run(typed, way).model.draft, way.kind).toBe('');
    expect(writing(run(asked(), { kind: 'signClosed' }, { kind: 'repliesToggled' }, ...ada).model)).toBe('ada');
  });

  it('can be refused, put off, and taken back by the operator', () => {
    expect(run(drawing(), { kind: 'signRefused' }).effects).toEqual([{ kind: 'refuse', ask: 'a1' }]);
    const later = run(drawing(), { kind: 'signClosed' }, snap(session()));
    expect(later.model.sign.step).toBe('off');
    expect(run(later.model, { kind: 'signOpened' }).model.sign.step).toBe('read');
    expect(run(drawing(), snap(session({ ask: null }))).model.sign).toMatchObject({ step: 'off', ask: '' });
    expect(run(drawing(), snap(null)).model).toMatchObject({ screen: 'end', sign: { step: 'off', ask: '' } });
  });
});
