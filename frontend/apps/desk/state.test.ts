import { describe, expect, it } from 'vitest';
import { ApiError, clientError } from '../../packages/api/http';
import type { DeskSession, DeskSnapshot, SessionState, WaitingPerson } from '../../packages/api/types';
import { actOf, KEYS } from './keys';
import { FILE_TOO_LARGE, FILE_TYPE } from './matter';
import type { Effect, Event, Model } from './model';
import { canClaim, demandOf, initial, offline, sessionOf, update } from './state';
import { can } from './steps';

const T0 = 1_000_000;
const STATES: readonly SessionState[] = ['waiting', 'called', 'connected', 'held', 'dropped', 'closed', 'abandoned', 'no_show'];
const NETWORK = clientError('client.network');
const EXPIRED = new ApiError(401, 'identity.expired', '', {}, '');
const CONFLICT = new ApiError(409, 'videocall.nobody_waiting', 'Nessuno aspetta.', {}, 'R-9');

let clock = 0;

const person = (id: string): WaitingPerson => ({
  id,
  service: 'Carta d’identità',
  kiosk: 'Scuola Tagliente',
  citizen: 'Maria R.',
  ticket: null,
  rehearsal: false,
  since: '2026-05-05T08:30:00Z',
  long: false,
  appointment_at: null,
  parked: false,
  wanted: '',
  yours: false,
  passed_by: '',
  passed_why: '',
});

const session = (state: SessionState, more: Partial<DeskSession> = {}): DeskSession => ({
  id: 's1',
  state,
  citizen: { name: 'Maria', surname: 'Rossi' },
  ticket: null,
  rehearsal: false,
  identified: null,
  lacks: [],
  passed_by: '',
  passed_why: '',
  service: { title: 'Carta d’identità', needed: [] },
  kiosk: 'Scuola Tagliente',
  office: 'Anagrafe',
  appointment_at: null,
  called_at: null,
  connected_at: null,
  guests: [],
  chat: [],
  documents: [],
  asks: [],
  details: '',
  ...more,
});

function snap(of: DeskSession | null, queue: WaitingPerson[] = [], at = (clock += 1), standby = ''): DeskSnapshot {
  return {
    entity: { key: 'isernia', ready_texts: ['Buongiorno'], name: 'Comune di Isernia' },
    operator: { id: 'o1', name: 'Anna' },
    server_time: new Date(Date.UTC(2026, 4, 5) + at * 1000).toISOString(),
    version: at,
    waiting: queue,
    standby,
    break_since: null,
    invitation: null,
    session: of,
  };
}

function run(model: Model, ...events: Event[]): { model: Model; effects: Effect[] } {
  const effects: Effect[] = [];
  for (const event of events) {
    const step = update(model, event);
    model = step.model;
    effects.push(...step.effects);
  }
  return { model, effects };
}

const kinds = (effects: readonly Effect[]): string[] => effects.map((e) => e.kind).filter((k) => k !== 'say');
const shows = (of: DeskSession | null, queue: WaitingPerson[] = []): Event => ({ kind: 'snapshot', snapshot: snap(of, queue) });
const ready = (...queue: WaitingPerson[]): Model => run(initial(T0), shows(null, queue)).model;
const inState = (state: SessionState, more: Partial<DeskSession> = {}): Model => run(initial(T0), shows(session(state, more))).model;
const file = (type: string, size: number): File => ({ type, size, name: 'x' }) as File;

describe('who waits', () => {
  it('rings once for each who comes, and not again for who is known', () => {
    const first = run(ready(), shows(null, [person('a')]));
    expect(kinds(first.effects)).toEqual(['arrival']);
    expect(kinds(run(first.model, shows(null, [person('a')])).effects)).toEqual([]);
    expect(kinds(run(first.model, shows(null, [person('a'), person('b')])).effects)).toEqual(['arrival']);
  });

  it('does not ring while the operator takes a breath', () => {
    const breath = run(inState('connected'), shows(null)).model;
    expect(breath.breath).not.toBeNull();
    expect(kinds(run(breath, shows(null, [person('a')])).effects)).toEqual([]);
    expect(run(breath, { kind: 'rested' }).model.breath).toBeNull();
  });

  it('is claimed by one press, once', () => {
    const asked = run(ready(person('a')), { kind: 'next', requestId: 'r1' }, { kind: 'next', requestId: 'r2' });
    expect(asked.effects).toEqual([{ kind: 'claim', requestId: 'r1', chosen: null, why: '' }]);
    const claimed = run(asked.model, { kind: 'claimed', snapshot: snap(session('called')) });
    expect(sessionOf(claimed.model)?.id).toBe('s1');
    expect(claimed.model.claiming).toBeNull();
    expect(demandOf(claimed.model)).toEqual({ media: true, standby: '', call: true, camera: true, microphone: true });
  });

  it('can be chosen out of order', () => {
    const asked = run(ready(person('a'), person('b')), { kind: 'next', requestId: 'r', chosen: 'b' });
    expect(asked.effects).toEqual([]);
    expect(asked.model).toMatchObject({ dialog: 'chosen', choosing: { id: 'b', why: '' } });
    expect(run(asked.model, { kind: 'chosenConfirmed', requestId: 'r' }).effects).toEqual([]);
    const reasoned = run(asked.model, { kind: 'chosenReasoned', why: ' sta male ' });
    const called = run(reasoned.model, { kind: 'chosenConfirmed', requestId: 'r' }, { kind: 'chosenConfirmed', requestId: 'r2' });
    expect(called.effects).toEqual([{ kind: 'claim', requestId: 'r', chosen: 'b', why: 'sta male' }]);
    expect(called.model).toMatchObject({ dialog: null, choosing: null });
    expect(run(reasoned.model, { kind: 'dialogClosed' }).model.choosing).toBeNull();
    expect(run(ready(person('a')), { kind: 'next', requestId: 'r', chosen: 'a' }).effects).toHaveLength(1);
  });

  it('opens the camera while somebody waits, so that one key leads to a face', () => {
    expect(demandOf(ready()).media).toBe(false);
    expect(demandOf(ready(person('a'))).media).toBe(true);
    expect(demandOf(ready(person('a'))).call).toBe(false);
    const near = run(ready(), { kind: 'snapshot', snapshot: snap(null, [], undefined, 'isernia.r1') }).model;
    expect(demandOf(near)).toMatchObject({ media: true, standby: 'isernia.r1', call: false, camera: false });
  });

  it('is not claimed when nobody waits, in a session, or without being signed in', () => {
    expect(canClaim(ready())).toBe(false);
    expect(canClaim(run(inState('connected'), shows(session('connected'), [person('a')])).model)).toBe(false);
    expect(canClaim(run(ready(person('a')), { kind: 'lineDown', error: EXPIRED }).model)).toBe(false);
  });

  it('taken by another gives a message with its reference, and a look at the truth', () => {
    const { model, effects } = run(ready(person('a')), { kind: 'next', requestId: 'r' }, { kind: 'claimFailed', error: CONFLICT });
    expect(model.toasts).toMatchObject([{ tone: 'error', text: 'Nessuno aspetta.', reference: 'R-9' }]);
    expect(kinds(effects)).toEqual(['claim', 'refresh']);
    expect(run(model, { kind: 'dismissed', id: model.toasts[0]?.id ?? 0 }).model.toasts).toEqual([]);
  });
});

describe('every state of the server', () => {
  it.each(STATES)('%s is in a call or is none', (state) => {
    const live = ['called', 'connected', 'held', 'dropped'].includes(state);
    expect(sessionOf(inState(state)) !== null).toBe(live);
    expect(demandOf(inState(state)).call).toBe(live);
    const moved = run(inState('connected'), shows(session(state))).model;
    expect(moved.breath !== null).toBe(!live);
  });

  it('held sends neither picture nor voice, and gives both back', () => {
    expect(demandOf(inState('held'))).toMatchObject({ call: true, camera: false, microphone: false });
    const muted = run(inState('connected'), { kind: 'microphoneToggled' }).model;
    expect(demandOf(muted)).toMatchObject({ camera: true, microphone: false });
    expect(demandOf(run(muted, shows(session('held')), shows(session('connected'))).model).microphone).toBe(false);
  });

  it('allows exactly its steps', () => {
    for (const state of STATES) {
      for (const step of ['hold', 'resume', 'recall', 'no_show', 'park'] as const) {
        const { effects } = run(inState(state), { kind: 'step', step });
        expect(kinds(effects).includes('step'), `${state} ${step}`).toBe(can(state, step));
      }
    }
  });

  it('takes one step at a time and looks at the truth when one is refused', () => {
    const asked = run(inState('connected'), { kind: 'step', step: 'hold' }, { kind: 'step', step: 'hold' });
    expect(kinds(asked.effects).filter((k) => k === 'step')).toHaveLength(1);
    const refused = run(asked.model, { kind: 'failed', error: CONFLICT });
    expect(refused.model.busy).toBeNull();
    expect(kinds(refused.effects)).toEqual(['refresh']);
  });

  it('does not repeat a step before its effect is seen', () => {
    const held = run(inState('connected'), { kind: 'step', step: 'hold' }, { kind: 'stepDone' }, { kind: 'step', step: 'hold' });
    expect(kinds(held.effects).filter((k) => k === 'step')).toHaveLength(1);
    const back = run(held.model, shows(session('held')), { kind: 'step', step: 'resume' });
    expect(back.effects).toContainEqual({ kind: 'step', step: 'resume' });
  });

  it('never lets an older snapshot replace a newer one', () => {
    const now = run(initial(T0), { kind: 'snapshot', snapshot: snap(session('connected'), [], 500) }).model;
    expect(sessionOf(run(now, { kind: 'snapshot', snapshot: snap(null, [], 499) }).model)?.state).toBe('connected');
    clock = 500;
  });

  it('starts the next session with a clean slate', () => {
    const old = run(inState('connected'), { kind: 'microphoneToggled' }, { kind: 'noteTyped', text: 'vecchio' }).model;
    const next = run(old, shows(session('called', { id: 's2' }))).model;
    expect(next).toMatchObject({ microphone: true, camera: true, breath: null, draft: { note: '', chat: '', outcome: null } });
  });
});

describe('a person who goes elsewhere', () => {
  it('set aside is nobody whom the next key calls, makes no sound, and comes back by choosing', () => {
    const parked = run(inState('connected'), { kind: 'step', step: 'park' }, { kind: 'stepDone' }, shows(null, [{ ...person('s1'), parked: true, wanted: 'Anna', yours: true }]));
    expect(parked.model).toMatchObject({ breath: null, busy: null });
    expect(parked.effects.map((e) => (e.kind === 'say' ? e.key : e.kind))).not.toContain('arrival');
    expect(parked.effects).toContainEqual({ kind: 'say', key: 'parked', args: { name: 'Maria Rossi' } });
    expect(canClaim(parked.model)).toBe(false);
    expect(kinds(run(parked.model, { kind: 'next', requestId: 'r' }).effects)).toEqual([]);
    expect(run(parked.model, { kind: 'next', requestId: 'r', chosen: 's1' }).effects).toContainEqual({ kind: 'claim', requestId: 'r', chosen: 's1', why: '' });
  });

  it('who waits for a colleague is not mine to call next; who waits for me is', () => {
    expect(canClaim(ready({ ...person('a'), wanted: 'Bruno' }))).toBe(false);
    expect(canClaim(ready({ ...person('a'), wanted: 'Anna', yours: true }))).toBe(true);
  });

  it('is passed with a place and a reason, once, and nothing typed is lost when it is refused', () => {
    const open = run(inState('connected'), { kind: 'dialogOpened', dialog: 'pass' });
    expect(kinds(open.effects)).toEqual(['targets']);
    const early = run(open.model, { kind: 'targetsRead', targets: { offices: [], colleagues: [] } }, { kind: 'passChosen', to: { office_id: 'o2' } }, { kind: 'passReasoned', why: ' x ' }, { kind: 'passAsked' });
    expect(kinds(early.effects)).toEqual([]);
    const asked = run(early.model, { kind: 'passReasoned', why: ' serve un tecnico ' }, { kind: 'passAsked' }, { kind: 'passAsked' });
    expect(asked.effects).toEqual([{ kind: 'pass', to: { office_id: 'o2' }, why: 'serve un tecnico' }]);
    const refused = run(asked.model, { kind: 'passRefused', error: CONFLICT }).model;
    expect(refused).toMatchObject({ dialog: 'pass', busy: null, passing: { why: ' serve un tecnico ', wrong: 'Nessuno aspetta.' } });
    const gone = run(asked.model, { kind: 'stepDone' }, shows(null));
    expect(gone.model).toMatchObject({ dialog: null, passing: null, breath: null, busy: null });
    expect(run(ready(), { kind: 'dialogOpened', dialog: 'pass' }).model.dialog).toBeNull();
  });
});

describe('a reload in the middle of a call', () => {
  it('is back in it with the first snapshot and gets the draft back', () => {
    const { model, effects } = run(initial(T0), shows(session('connected')));
    expect(demandOf(model).call).toBe(true);
    expect(effects).toContainEqual({ kind: 'restore', session: 's1' });
    const draft = { chat: '', note: 'Manca la fototessera', outcome: 'to_complete' } as const;
    expect(run(model, { kind: 'restored', session: 's1', draft }).model.draft).toEqual(draft);
    expect(run(model, { kind: 'restored', session: 'other', draft }).model.draft.note).toBe('');
    const typed = run(model, { kind: 'noteTyped', text: 'x' }, { kind: 'restored', session: 's1', draft }).model;
    expect(typed.draft.note).toBe('x');
  });
});

describe('the matter', () => {
  it('is saved as it is written', () => {
    const { effects } = run(inState('connected'), { kind: 'noteTyped', text: 'a' }, { kind: 'outcomeChosen', outcome: 'resolved' });
    expect(effects.at(-1)).toEqual({ kind: 'save', session: 's1', draft: { chat: '', note: 'a', outcome: 'resolved' } });
  });

  it('sends a line and gives it back when it did not arrive', () => {
    const sent = run(inState('connected'), { kind: 'chatTyped', text: ' Buongiorno ' }, { kind: 'chatSubmitted', requestId: 'r' });
    expect(sent.effects).toContainEqual({ kind: 'chat', text: 'Buongiorno', requestId: 'r' });
    expect(sent.model.draft.chat).toBe('');
    const back = run(sent.model, { kind: 'chatTyped', text: 'e poi' }, { kind: 'chatFailed', text: 'Buongiorno', error: NETWORK }).model;
    expect(back.draft.chat).toBe('Buongiorno e poi');
    expect(back.toasts).toHaveLength(1);
    expect(kinds(run(inState('connected'), { kind: 'chatSubmitted', requestId: 'r' }).effects)).not.toContain('chat');
  });

  it('is closed only with an outcome, once, with its note', () => {
    expect(kinds(run(inState('connected'), { kind: 'closeAsked' }).effects)).not.toContain('close');
    const asked = run(
      inState('connected'),
      { kind: 'noteTyped', text: ' fatto ' },
      { kind: 'outcomeChosen', outcome: 'resolved' },
      { kind: 'closeAsked' },
      { kind: 'closeAsked' },
    );
    expect(asked.effects.filter((e) => e.kind === 'close')).toEqual([{ kind: 'close', outcome: 'resolved', note: 'fatto' }]);
    const done = run(asked.model, { kind: 'closeDone' }, shows(null));
    expect(done.model.breath).toEqual({ name: 'Maria Rossi', note: '', byCitizen: false });
    expect(kinds(done.effects)).toContain('forget');
    const first = run(asked.model, shows(null), { kind: 'closeDone' });
    expect(first.model).toMatchObject({ busy: null, breath: { byCitizen: false } });
  });

  it('keeps the note on the screen when the citizen ended it', () => {
    const left = run(inState('connected'), { kind: 'noteTyped', text: 'da richiamare' }, shows(null)).model;
    expect(left.breath).toEqual({ name: 'Maria Rossi', note: 'da richiamare', byCitizen: true });
  });

  it('sends files that fit and says which do not', () => {
    const { model, effects } = run(inState('connected'), {
      kind: 'filesChosen',
      files: [file('application/pdf', 10), file('image/png', 11 * 1024 * 1024), file('text/html', 1)],
    });
    expect(effects.filter((e) => e.kind === 'upload')).toHaveLength(1);
    expect(model.uploads).toBe(1);
    expect(model.toasts.map((t) => t.text)).toEqual([FILE_TOO_LARGE, FILE_TYPE]);
    expect(run(model, { kind: 'uploadDone' }, { kind: 'uploadFailed', error: NETWORK }).model.uploads).toBe(0);
  });

  it('tells of a new line and a new paper from the kiosk', () => {
    const line = { id: 'c', side: 'kiosk', text: 'Sì', at: '2026-05-05T08:30:00Z' } as const;
    const paper = { id: 'd', name: 'x', media_type: 'image/jpeg', size_bytes: 1, source: 'kiosk_capture', at: line.at, url: '/x', pages: [] } as const;
    const { effects } = run(inState('connected'), shows(session('connected', { chat: [line], documents: [paper] })));
    expect(effects).toContainEqual({ kind: 'say', key: 'message', args: { text: 'Sì' } });
    expect(effects).toContainEqual({ kind: 'say', key: 'document', args: {} });
  });

  it('recognises a person who is seen, and nobody else', () => {
    const how = { kind: 'recognised', how: 'passport' } as const;
    expect(run(inState('connected'), how).effects).toEqual([{ kind: 'identify', how: 'passport' }]);
    expect(run(inState('called'), how).effects).toEqual([]);
    expect(run(ready(), how).effects).toEqual([]);
  });

  it('opens only a paper that exists', () => {
    expect(run(inState('connected'), { kind: 'paperOpened', id: 'zzz' }).model.dialog).toBeNull();
  });
});

describe('what goes wrong', () => {
  it('a session that expired says so and lets the call stand', () => {
    const { model } = run(inState('connected'), { kind: 'lineDown', error: EXPIRED });
    expect(model.phase).toBe('expired');
    expect(demandOf(model).call).toBe(true);
    expect(run(model, shows(session('connected'))).model.phase).toBe('ready');
    expect(run(inState('connected'), { kind: 'failed', error: EXPIRED }).model).toMatchObject({ phase: 'expired', toasts: [] });
  });

  it('a line that is down shows after a moment and goes by itself', () => {
    const down = run(ready(), { kind: 'lineUp' }, { kind: 'lineDown', error: NETWORK }).model;
    expect(offline(run(down, { kind: 'tick', now: T0 + 2_000 }).model)).toBe(false);
    const shown = run(down, { kind: 'tick', now: T0 + 3_000 });
    expect(offline(shown.model)).toBe(true);
    expect(shown.effects).toEqual([{ kind: 'say', key: 'offline', args: {} }]);
    expect(offline(run(shown.model, { kind: 'lineUp' }).model)).toBe(false);
  });

  it('keeps the last four messages', () => {
    const events: Event[] = Array.from({ length: 6 }, () => ({ kind: 'uploadFailed', error: NETWORK }));
    expect(run(ready(), ...events).model.toasts.map((t) => t.id)).toEqual([3, 4, 5, 6]);
  });

  it('a heartbeat that tells of another state makes the desk look again', () => {
    expect(kinds(run(inState('connected'), { kind: 'beatAnswered', state: 'dropped' }).effects)).toContain('refresh');
    expect(kinds(run(ready(), { kind: 'beatAnswered', state: 'closed' }).effects)).toEqual([]);
  });

  it('another window takes the call only when asked', () => {
    const away = run(inState('connected'), { kind: 'link', link: 'elsewhere' }).model;
    expect(kinds(run(away, { kind: 'takenBack' }).effects)).toEqual(['takeBack']);
    expect(kinds(run(inState('connected'), { kind: 'takenBack' }).effects)).not.toContain('takeBack');
  });
});

describe('the day', () => {
  it('is fetched when opened, and an answer for another day is dropped', () => {
    const opened = run(ready(), { kind: 'dialogOpened', dialog: 'day', date: '2026-05-05' });
    expect(opened.effects).toEqual([{ kind: 'day', date: '2026-05-05' }]);
    const wrong = run(opened.model, { kind: 'dayFetched', date: '2026-05-06', day: { appointments: [] } }).model;
    expect(wrong.day?.status).toBe('loading');
    expect(run(opened.model, { kind: 'dayFailed', date: '2026-05-05', error: NETWORK }).model.day?.status).toBe('failed');
  });
});

describe('keys', () => {
  const act = (model: Model, key: string, where = { typing: false, control: false }) =>
    actOf(model, key, where, () => 'r', () => '2026-05-05');

  it('N and Enter call the next', () => {
    const want = { kind: 'event', event: { kind: 'next', requestId: 'r' } };
    expect(act(ready(person('a')), 'n')).toEqual(want);
    expect(act(ready(person('a')), 'Enter')).toEqual(want);
  });

  it('mean nothing in a field, in a window, or on a button for Enter', () => {
    expect(act(ready(), 'n', { typing: true, control: true })).toBeNull();
    expect(act(ready(), 'Enter', { typing: false, control: true })).toBeNull();
    expect(act(run(ready(), { kind: 'dialogOpened', dialog: 'keys' }).model, 'n')).toBeNull();
  });

  it('can be switched off, all but Enter', () => {
    const { model, effects } = run(ready(person('a')), { kind: 'shortcutsToggled' });
    expect(effects).toEqual([{ kind: 'keepShortcuts', on: false }]);
    expect(act(model, 'n')).toBeNull();
    expect(act(model, 'Enter')).not.toBeNull();
  });

  it('H holds and gives back', () => {
    expect(act(inState('connected'), 'h')).toMatchObject({ event: { step: 'hold' } });
    expect(act(inState('held'), 'h')).toMatchObject({ event: { step: 'resume' } });
  });

  it('on the list all do something', () => {
    for (const [key] of KEYS) {
      if (key !== 'Esc') expect(act(inState('connected'), key), key).not.toBeNull();
    }
  });
});

describe('late and impossible events', () => {
  const all: Event[] = [
    { kind: 'tick', now: T0 + 9 },
    { kind: 'claimed', snapshot: snap(null) },
    { kind: 'claimFailed', error: CONFLICT },
    { kind: 'step', step: 'hold' },
    { kind: 'step', step: 'no_show' },
    { kind: 'step', step: 'park' },
    { kind: 'dialogOpened', dialog: 'pass' },
    { kind: 'targetsRead', targets: 'unread' },
    { kind: 'passAsked' },
    { kind: 'passRefused', error: CONFLICT },
    { kind: 'stepDone' },
    { kind: 'failed', error: CONFLICT },
    { kind: 'chatSubmitted', requestId: 'r' },
    { kind: 'chatFailed', text: 'x', error: NETWORK },
    { kind: 'closeAsked' },
    { kind: 'closeDone' },
    { kind: 'noteTyped', text: 'x' },
    { kind: 'uploadDone' },
    { kind: 'paperOpened', id: 'x' },
    { kind: 'peer', peer: 'lost' },
    { kind: 'dialogOpened', dialog: 'no_show' },
    { kind: 'lineDown', error: EXPIRED },
    { kind: 'rested' },
  ];

  it('never throw in any state, in any order, and never act on a session that is not there', () => {
    for (const start of [initial(T0), ready(), ready(person('a')), ...STATES.map((s) => inState(s))]) {
      for (const a of all) for (const b of all) run(start, a, b);
    }
    for (const event of all) {
      const acting = kinds(run(ready(), event).effects).filter((k) => ['step', 'close', 'chat', 'save', 'upload'].includes(k));
      expect(acting, event.kind).toEqual([]);
    }
  });

  it('has a break: nobody can be called and nothing is ready for it, until it ends', () => {
    const rested = { ...snap(null, [person('a')], undefined, 'room'), break_since: '2026-05-05T08:00:00Z' };
    const away = run(initial(T0), { kind: 'lineUp' }, { kind: 'snapshot', snapshot: rested }).model;
    expect(canClaim(away)).toBe(false);
    expect(demandOf(away)).toMatchObject({ media: false, standby: '' });
    expect(run(away, { kind: 'next', requestId: 'r1' }).effects).toEqual([]);
    expect(run(away, { kind: 'breakToggled' }).effects).toContainEqual({ kind: 'break', on: false });
    const back = run(away, { kind: 'snapshot', snapshot: snap(null, [person('a')]) }).model;
    expect(canClaim(back)).toBe(true);
    expect(run(back, { kind: 'breakToggled' }).effects).toContainEqual({ kind: 'break', on: true });
  });

  it('calls for help once, only while somebody is there', () => {
    const quiet = run(initial(T0), { kind: 'snapshot', snapshot: snap(null) }, { kind: 'dialogOpened', dialog: 'emergency' }).model;
    expect(quiet.dialog).toBe(null);
    const asked = run(initial(T0), { kind: 'snapshot', snapshot: snap(session('connected')) }, { kind: 'dialogOpened', dialog: 'emergency' }, { kind: 'helpCalled' });
    expect(asked.effects.filter((e) => e.kind === 'help')).toHaveLength(1);
    expect(run(asked.model, { kind: 'helpCalled' }).effects).toEqual([]);
    const answer = { told: true, kiosk: 'Scuola', place: '', address: 'Via Roma 1' };
    expect(run(asked.model, { kind: 'helpAnswered', answer }).model.help).toEqual(answer);
    expect(run(asked.model, { kind: 'helpFailed', error: CONFLICT }).model).toMatchObject({ help: 'ask', dialog: null });
  });

  it('invites by name once, keeps what was typed with what is wrong, and invites colleagues', () => {
    const none = run(initial(T0), { kind: 'snapshot', snapshot: snap(null) }, { kind: 'dialogOpened', dialog: 'invite' }).model;
    expect(none.dialog).toBe(null);
    const open = run(initial(T0), { kind: 'snapshot', snapshot: snap(session('connected')) }, { kind: 'dialogOpened', dialog: 'invite' });
    expect(open.effects).toContainEqual({ kind: 'targets' });
    expect(run(open.model, { kind: 'guestInvited', colleague: '' }).effects).toEqual([]);
    const asked = run(open.model, { kind: 'guestNamed', name: ' Anna ' }, { kind: 'guestInvited', colleague: '' });
    expect(asked.effects).toContainEqual({ kind: 'invite', name: 'Anna', colleague: '' });
    expect(run(asked.model, { kind: 'guestInvited', colleague: '' }).effects).toEqual([]);
    expect(run(asked.model, { kind: 'guestRefused', error: CONFLICT }).model.inviting).toMatchObject({ name: ' Anna ', busy: false, wrong: 'Nessuno aspetta.' });
    expect(run(asked.model, { kind: 'guestReady' }).model.inviting).toMatchObject({ name: '', busy: false });
    expect(run(open.model, { kind: 'guestInvited', colleague: 'c1' }).effects).toContainEqual({ kind: 'invite', name: '', colleague: 'c1' });
    expect(run(open.model, { kind: 'guestSentAway', id: 'g1' }).effects).toContainEqual({ kind: 'sendAway', id: 'g1' });
  });
});
