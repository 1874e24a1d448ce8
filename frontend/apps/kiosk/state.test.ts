import { describe, expect, it } from 'vitest';
import { ApiError, clientError } from '../../packages/api/http';
import type { KioskSession, KioskSnapshot, SessionState } from '../../packages/api/types';
import type { Effect, Event, Model, Sheet } from './model';
import { WHOLE } from '../../packages/scan/index';
import { stageOf } from './session';
import { demandOf, END_MS, END_RECEIPT_MS, IDLE_OFFLINE_MS, IDLE_WARN_MS, IDLE_WIPE_MS, idleSeconds, initial, offline, RETRY_MS, update } from './state';

const T0 = 1_000_000;
const NETWORK = clientError('client.network');
const REFUSED = new ApiError(409, 'kiosk.code_early', 'Torni alle 10:15.', { action: 'wait' }, 'R-7');
const STATES: readonly SessionState[] = ['waiting', 'called', 'connected', 'held', 'dropped', 'closed', 'abandoned', 'no_show'];

let clock = 0;

function session(state: SessionState, more: Partial<KioskSession> = {}): KioskSession {
  return {
    id: 's1',
    state,
    service: { title: 'Carta d’identità', needed: ['Una fototessera'] },
    lacks: [],
    ticket: null,
    office: 'Anagrafe',
    operator_name: state === 'waiting' ? null : 'Anna',
    titolare: 'Comune di Isernia',
    privacy_notice: '',
    appointment_at: null,
    parked: false,
    position: 1,
    estimate_minutes: 3,
    guests: [],
    chat: [],
    documents: [],
    ask: null,
    ended: null,
    ...more,
  };
}

function snap(of: KioskSession | null, at = (clock += 1)): KioskSnapshot {
  return {
    kiosk: { id: 'k1', name: 'Scuola', place: '', address: '', printer: true },
    entity: { key: 'isernia', name: 'Comune di Isernia', phone: '0865' },
    server_time: new Date(Date.UTC(2026, 4, 5) + at * 1000).toISOString(),
    version: at,
    walk_in: true,
    session: of,
  };
}

/** Runs events from a state and keeps all effects. */
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
const ready = (): Model => run(initial(T0), { kind: 'lineUp' }, { kind: 'snapshot', snapshot: snap(null) }).model;
const digits = (code: string): Event[] => [...code].map((digit) => ({ kind: 'digit', digit }));
const atCode = (): Model => run(ready(), { kind: 'begin' }).model;
const submitted = (): Model => run(atCode(), ...digits('4827193506'), { kind: 'submit', requestId: 'r1' }).model;
const inState = (state: SessionState, more: Partial<KioskSession> = {}): Model =>
  run(ready(), { kind: 'snapshot', snapshot: snap(session(state, more)) }).model;
const together = (model: Model): Model =>
  run(model, { kind: 'link', link: 'on' }, { kind: 'peer', peer: 'here' }, { kind: 'picture', on: true }).model;
const later = (ms: number): Event => ({ kind: 'tick', now: T0 + ms });

describe('enrolment', () => {
  it('is asked for when the server does not know the device, and wipes what was there', () => {
    const { model, effects } = run(atCode(), { kind: 'lineDown', error: new ApiError(401, 'x', '', {}, '') });
    expect(model.screen).toBe('enrol');
    expect(kinds(effects)).toEqual(['wipe']);
  });

  it('takes eight digits, tells a wrong code, and connects after the right one', () => {
    const enrol = run(initial(T0), { kind: 'lineDown', error: new ApiError(401, 'x', '', {}, '') }).model;
    const asked = run(enrol, ...digits('12345678'), { kind: 'submit', requestId: 'r' });
    expect(asked.effects).toContainEqual({ kind: 'enrol', code: '12345678' });
    const wrong = run(asked.model, { kind: 'enrolRefused', error: REFUSED }).model;
    expect(wrong).toMatchObject({ screen: 'enrol', busy: false, typed: '', enrolError: 'Torni alle 10:15.' });
    const right = run(asked.model, { kind: 'enrolled' });
    expect(kinds(right.effects)).toEqual(['connect']);
    expect(run(right.model, { kind: 'snapshot', snapshot: snap(null) }).model.screen).toBe('start');
  });
});

describe('code entry', () => {
  it('starts with one touch and fetches the call ahead', () => {
    const { model, effects } = run(ready(), { kind: 'begin' });
    expect(model.screen).toBe('code');
    expect(kinds(effects)).toEqual(['preload']);
  });

  it('takes ten digits, erases, and sends only a whole code', () => {
    const nine = run(atCode(), ...digits('482719350'), { kind: 'submit', requestId: 'r' });
    expect(kinds(nine.effects)).toEqual([]);
    const done = run(nine.model, { kind: 'erase' }, ...digits('0699'), { kind: 'submit', requestId: 'r1' });
    expect(done.effects).toContainEqual({ kind: 'open', code: '4827193506', requestId: 'r1' });
  });

  it('sends once, however often it is pressed', () => {
    expect(kinds(run(submitted(), { kind: 'submit', requestId: 'r2' }, ...digits('1')).effects)).toEqual([]);
  });

  it('reads the code from a QR and ignores any other', () => {
    const scanning = run(atCode(), { kind: 'scanOpened' }).model;
    expect(demandOf(scanning)).toMatchObject({ camera: true, scan: true });
    expect(run(scanning, { kind: 'scanned', content: 'https://x', requestId: 'r' }).model.scanning).toBe(true);
    const read = run(scanning, { kind: 'scanned', content: '482 719 3506', requestId: 'r' });
    expect(read.effects).toContainEqual({ kind: 'open', code: '4827193506', requestId: 'r' });
    expect(demandOf(read.model).camera).toBe(false);
  });

  it('shows a refusal with its way on, and comes back with an empty code', () => {
    const refused = run(submitted(), { kind: 'openRefused', error: REFUSED }).model;
    expect(refused).toMatchObject({ screen: 'refusal', busy: false, typed: '' });
    expect(refused.refusal).toEqual({ from: 'code', detail: 'Torni alle 10:15.', way: 'wait', url: '', reference: 'R-7' });
    expect(run(refused, { kind: 'back' }).model).toMatchObject({ screen: 'code', refusal: null });
    const unknown = run(submitted(), { kind: 'openRefused', error: new ApiError(409, 'x', 'y', { action: 'dance' }, '') });
    expect(unknown.model.refusal?.way).toBe('retry');
  });

  it('keeps the code when the line falls and sends the same request again by itself', () => {
    const lost = run(submitted(), { kind: 'openRefused', error: NETWORK }).model;
    expect(lost).toMatchObject({ screen: 'code', typed: '4827193506' });
    expect(offline(lost)).toBe(true);
    const again = run(lost, later(RETRY_MS));
    expect(again.effects).toContainEqual({ kind: 'open', code: '4827193506', requestId: 'r1' });
    const back = run(again.model, { kind: 'opened', snapshot: snap(session('waiting')) });
    expect(back.model).toMatchObject({ screen: 'session', typed: '', pending: null });
    expect(offline(back.model)).toBe(false);
  });

  it('takes a number for who has no appointment, and says the request again when the line fell', () => {
    const offer = { service_id: 'v1', title: 'Certificati', office: 'Anagrafe', answers: true, ahead: 2, estimate_minutes: 30 };
    const asked = run(ready(), { kind: 'walkInAsked' });
    expect(asked.model).toMatchObject({ screen: 'walkin', offers: null });
    expect(kinds(asked.effects)).toEqual(['walkIns', 'preload']);
    const shown = run(asked.model, { kind: 'walkInsRead', services: [offer] }).model;
    expect(demandOf(shown)).toMatchObject({ standby: true, camera: false });
    const chosen = run(shown, { kind: 'walkInChosen', service: 'v1', requestId: 'r1' }, { kind: 'walkInChosen', service: 'v1', requestId: 'r2' });
    expect(chosen.effects.filter((e) => e.kind === 'takeNumber')).toEqual([{ kind: 'takeNumber', service: 'v1', requestId: 'r1' }]);
    const lost = run(chosen.model, { kind: 'openRefused', error: NETWORK }).model;
    expect(offline(lost)).toBe(true);
    const again = run(lost, later(RETRY_MS));
    expect(again.effects).toContainEqual({ kind: 'takeNumber', service: 'v1', requestId: 'r1' });
    const seated = run(again.model, { kind: 'opened', snapshot: snap(session('waiting', { ticket: 12 })) }).model;
    expect(seated).toMatchObject({ screen: 'session', offers: null, pending: null });
  });

  it('comes back from a refused number to the list, which is read anew', () => {
    const chosen = run(ready(), { kind: 'walkInAsked' }, { kind: 'walkInsRead', services: [] }, { kind: 'walkInChosen', service: 'v1', requestId: 'r1' }).model;
    const refused = run(chosen, { kind: 'openRefused', error: new ApiError(409, 'x', 'È prenotata.', { action: 'rebook', url: 'https://x' }, '') }).model;
    expect(refused.refusal).toMatchObject({ from: 'walkin', way: 'rebook' });
    const back = run(refused, { kind: 'back' });
    expect(back.model).toMatchObject({ screen: 'walkin', offers: null, refusal: null });
    expect(kinds(back.effects)).toContain('walkIns');
    expect(run(back.model, later(IDLE_WIPE_MS)).model.screen).toBe('start');
  });

  it('asks for the list again when it could not be read', () => {
    const unread = run(ready(), { kind: 'walkInAsked' }, { kind: 'walkInsRead', services: 'unread' });
    expect(kinds(run(unread.model, { kind: 'walkInAsked' }).effects)).toContain('walkIns');
  });

  it('lets who tried their own device in, says the request again, and comes back to the trial', () => {
    const home = run(initial(T0, true), { kind: 'lineUp' }, { kind: 'snapshot', snapshot: snap(null) }).model;
    expect(home.screen).toBe('start');
    expect(demandOf(home)).toMatchObject({ camera: true, standby: false, call: false });
    const asked = run(home, { kind: 'ownStarted', requestId: 'r9' });
    expect(asked.effects).toContainEqual({ kind: 'openOwn', requestId: 'r9' });
    expect(kinds(run(asked.model, { kind: 'ownStarted', requestId: 'r10' }).effects)).toEqual([]);
    const lost = run(asked.model, { kind: 'openRefused', error: NETWORK }, later(RETRY_MS + 100));
    expect(lost.effects).toContainEqual({ kind: 'openOwn', requestId: 'r9' });
    const early = run(asked.model, { kind: 'openRefused', error: REFUSED }).model;
    expect(early).toMatchObject({ screen: 'refusal', refusal: { from: 'start', way: 'wait' } });
    expect(run(early, later(IDLE_WIPE_MS * 3)).model.screen).toBe('refusal');
    expect(run(early, { kind: 'back' }).model).toMatchObject({ screen: 'start', refusal: null });
    const seated = run(asked.model, { kind: 'opened', snapshot: snap(session('waiting')) }).model;
    expect(seated).toMatchObject({ screen: 'session', busy: false, home: true });
    const over = run(seated, { kind: 'leaveAsked' }, { kind: 'leaveConfirmed' }, later(END_MS * 2)).model;
    expect(over.screen).toBe('end');
  });

  it('says what is missing, or goes away to another time, only while nobody has called', () => {
    const waits = run(ready(), { kind: 'snapshot', snapshot: snap(session('waiting')) }).model;
    const listed = run(waits, { kind: 'lackOpened' }, { kind: 'lackToggled', item: 'Una fototessera' });
    expect(listed.model.lacking).toMatchObject({ step: 'list', items: ['Una fototessera'] });
    const said = run(listed.model, { kind: 'lackSaid' });
    expect(said.effects).toContainEqual({ kind: 'lack', items: ['Una fototessera'] });
    expect(said.model.lacking.step).toBe('off');
    const asked = run(listed.model, { kind: 'timesAsked' });
    expect(kinds(asked.effects)).toContain('times');
    const start = '2026-05-06T08:00:00Z';
    const sure = run(asked.model, { kind: 'timesRead', times: [start] }, { kind: 'timeChosen', start }, { kind: 'awayConfirmed' });
    expect(sure.effects).toContainEqual({ kind: 'moveAway', start });
    expect(kinds(run(sure.model, { kind: 'awayConfirmed' }).effects)).toEqual([]);
    expect(run(sure.model, { kind: 'awayRefused', detail: 'Preso.' }).model.lacking).toMatchObject({ step: 'list', failed: 'Preso.' });
    const gone = run(sure.model, { kind: 'wentAway' }).model;
    expect(gone).toMatchObject({ screen: 'end', end: { outcome: 'moved', text: start }, endedSession: 's1' });
    const faster = run(sure.model, { kind: 'snapshot', snapshot: snap(null) }, { kind: 'wentAway' }).model;
    expect(faster).toMatchObject({ screen: 'end', end: { outcome: 'moved', text: start } }); // the stream was faster than the answer
    const cancel = run(waits, { kind: 'lackOpened' }, { kind: 'cancelAsked' }, { kind: 'awayConfirmed' });
    expect(cancel.effects).toContainEqual({ kind: 'cancelAway' });
    const called = run(sure.model, { kind: 'snapshot', snapshot: snap(session('called')) }, { kind: 'awayConfirmed' });
    expect(called.model.lacking.step).toBe('off');
    expect(kinds(called.effects)).not.toContain('moveAway');
  });

  it('speaks the citizen’s language, and Italian again for the next', () => {
    const chosen = run(ready(), { kind: 'languageChosen', language: 'de' });
    expect(chosen.effects).toContainEqual({ kind: 'language', language: 'de' });
    const spoken = run(chosen.model, { kind: 'languageReady', language: 'de' }).model;
    expect(spoken.look.language).toBe('de');
    const seated = run(spoken, { kind: 'snapshot', snapshot: snap(session('waiting')) }).model;
    expect(seated.look.language).toBe('de');
    const over = run(seated, { kind: 'leaveAsked' }, { kind: 'leaveConfirmed' }, { kind: 'home' });
    expect(over.model.look.language).toBe('it');
    expect(over.effects).toContainEqual({ kind: 'language', language: 'it' });
    const gone = run(spoken, later(IDLE_WIPE_MS));
    expect(gone.effects).toContainEqual({ kind: 'language', language: 'it' });
  });

  it('opens on the stream alone when the answer was lost on the way', () => {
    const lost = run(submitted(), { kind: 'openRefused', error: NETWORK }).model;
    expect(run(lost, { kind: 'snapshot', snapshot: snap(session('waiting')) }).model).toMatchObject({
      screen: 'session',
      pending: null,
      busy: false,
    });
  });

  it('shows the offline screen after a moment, keeps the digits, and comes back', () => {
    const typed = run(atCode(), ...digits('482')).model;
    const down = run(typed, { kind: 'lineDown', error: NETWORK }).model;
    expect(offline(down)).toBe(false);
    const shown = run(down, later(4_000)).model;
    expect(offline(shown)).toBe(true);
    const up = run(shown, { kind: 'lineUp' }).model;
    expect(offline(up)).toBe(false);
    expect(up.typed).toBe('482');
  });
});

describe('a forgotten screen', () => {
  it('warns aloud at 45 seconds and wipes at 60', () => {
    const typed = run(atCode(), ...digits('482')).model;
    expect(idleSeconds(run(typed, later(IDLE_WARN_MS - 1)).model)).toBeNull();
    const warned = run(typed, later(IDLE_WARN_MS));
    expect(idleSeconds(warned.model)).toBe(15);
    expect(warned.effects).toContainEqual({ kind: 'say', key: 'idle', args: {}, aloud: true });
    const wiped = run(warned.model, later(IDLE_WIPE_MS));
    expect(wiped.model).toMatchObject({ screen: 'start', typed: '' });
    expect(kinds(wiped.effects)).toEqual(['wipe']);
  });

  it('is not forgotten once touched again', () => {
    const touched = run(atCode(), later(50_000), { kind: 'touched' }, later(70_000)).model;
    expect(touched.screen).toBe('code');
    expect(idleSeconds(touched)).toBeNull();
  });

  it('waits longer while the line is down', () => {
    const lost = run(submitted(), { kind: 'openRefused', error: NETWORK }).model;
    expect(run(lost, later(IDLE_WIPE_MS + 1)).model.typed).toBe('4827193506');
    expect(run(lost, later(IDLE_OFFLINE_MS)).model).toMatchObject({ screen: 'start', typed: '' });
  });

  it('never wipes a session', () => {
    expect(run(inState('waiting'), later(3_600_000)).model.screen).toBe('session');
    expect(run(inState('connected'), later(3_600_000)).model.screen).toBe('session');
  });
});

describe('every state of the server', () => {
  it.each(STATES)('%s is shown or ends the session', (state) => {
    const live = ['waiting', 'called', 'connected', 'held', 'dropped'].includes(state);
    expect(inState(state).screen).toBe(live ? 'session' : 'start');
    const moved = run(inState('connected'), { kind: 'snapshot', snapshot: snap(session(state)) }).model;
    expect(moved.screen).toBe(live ? 'session' : 'end');
  });

  it('demands camera, call and bell as the state says', () => {
    const of = (state: SessionState) => demandOf(inState(state));
    expect(of('waiting')).toMatchObject({ standby: true, call: false, sending: false });
    expect(of('called')).toMatchObject({ standby: false, call: true });
    expect(of('closed').standby).toBe(false);
    expect(of('waiting')).toMatchObject({ camera: true, call: false, ring: false, sending: false });
    expect(of('called')).toMatchObject({ camera: true, call: true, ring: true, sending: true });
    expect(of('connected')).toMatchObject({ camera: true, call: true, ring: false, sending: true });
    expect(of('held')).toMatchObject({ camera: true, call: true, sending: false });
    expect(of('dropped')).toMatchObject({ camera: true, call: true, ring: false });
    expect(of('closed')).toMatchObject({ camera: false, call: false, ring: false });
  });

  it('shows the stage that both the server and the own eyes agree on', () => {
    expect(stageOf(inState('waiting'))).toBe('waiting');
    expect(stageOf(inState('called'))).toBe('ringing');
    expect(stageOf(together(inState('called')))).toBe('call');
    expect(stageOf(inState('connected'))).toBe('joining');
    expect(stageOf(together(inState('connected')))).toBe('call');
    expect(stageOf(together(inState('held')))).toBe('held');
    expect(stageOf(inState('dropped'))).toBe('dropped');
    expect(stageOf(together(inState('dropped')))).toBe('call');
  });

  it('tells a drop at once when the other side falls silent or the line is lost', () => {
    const call = together(inState('connected'));
    expect(stageOf(run(call, { kind: 'peer', peer: 'lost' }).model)).toBe('dropped');
    const lost = run(call, { kind: 'link', link: 'lost' }).model;
    expect(stageOf(lost)).toBe('dropped');
    expect(stageOf(run(lost, { kind: 'link', link: 'on' }, { kind: 'peer', peer: 'here' }).model)).toBe('call');
  });

  it('keeps a standing call on the screen while the stream is down', () => {
    const call = together(inState('connected'));
    expect(offline(run(call, { kind: 'lineDown', error: NETWORK }, later(60_000)).model)).toBe(false);
    expect(offline(run(inState('waiting'), { kind: 'lineDown', error: NETWORK }, later(60_000)).model)).toBe(true);
  });

  it('asks again when a heartbeat tells of another state', () => {
    const call = inState('connected');
    expect(kinds(run(call, { kind: 'beatAnswered', state: 'connected' }).effects)).toEqual([]);
    expect(kinds(run(call, { kind: 'beatAnswered', state: 'held' }).effects)).toEqual(['refresh']);
  });

  it('never lets an older snapshot replace a newer one', () => {
    const now = run(ready(), { kind: 'snapshot', snapshot: snap(session('connected'), 900) }).model;
    expect(run(now, { kind: 'snapshot', snapshot: snap(session('waiting'), 899) }).model.snapshot?.session?.state).toBe('connected');
    clock = 900;
  });
});

describe('the end', () => {
  it('offers what one takes home, sends it once, and stays longer for it', () => {
    const receipt = { url: 'https://x/ricevuta/1', qr: '<svg/>', mail: true };
    const closed = session('closed', { ended: { outcome: 'resolved', text: 'Grazie.', receipt } });
    const end = run(together(inState('connected')), { kind: 'snapshot', snapshot: snap(closed) }).model;
    expect(end.end).toMatchObject({ receipt, mailed: 'no' });
    const asked = run(end, { kind: 'receiptAsked' });
    expect(asked.effects).toContainEqual({ kind: 'mailReceipt', session: 's1' });
    expect(kinds(run(asked.model, { kind: 'receiptAsked' }).effects)).toEqual([]);
    const failed = run(asked.model, { kind: 'receiptSent', ok: false });
    expect(kinds(run(failed.model, { kind: 'receiptAsked' }).effects)).toEqual(['mailReceipt']);
    expect(kinds(run(end, { kind: 'printAsked' }).effects)).toEqual(['print']);
    expect(run(end, later(END_MS)).model.screen).toBe('end');
    expect(run(end, later(END_RECEIPT_MS)).model).toMatchObject({ screen: 'start', end: null });
  });

  it('by the operator shows the outcome, wipes, and returns to the start', () => {
    const closed = session('closed', { ended: { outcome: 'resolved', text: 'La carta è pronta.', receipt: null } });
    const { model, effects } = run(together(inState('connected')), { kind: 'snapshot', snapshot: snap(closed) });
    expect(model.end).toMatchObject({ outcome: 'resolved', text: 'La carta è pronta.', left: false });
    expect(kinds(effects)).toEqual(['wipe', 'leave']);
    expect(demandOf(model)).toMatchObject({ camera: false, call: false });
    const home = run(model, later(END_MS)).model;
    expect(home).toMatchObject({ screen: 'start', end: null });
    expect(JSON.stringify(home)).not.toContain('pronta');
  });

  it('comes also when the session is simply gone', () => {
    expect(run(inState('waiting'), { kind: 'snapshot', snapshot: snap(null) }).model.screen).toBe('end');
  });

  it('by the citizen asks once, wipes at once, and tells the server until it has heard', () => {
    const asked = run(together(inState('connected')), { kind: 'leaveAsked' }).model;
    expect(asked.leave).toBe('ask');
    expect(run(asked, { kind: 'leaveCancelled' }).model.leave).toBe('no');
    const gone = run(asked, { kind: 'leaveConfirmed' });
    expect(gone.model).toMatchObject({ screen: 'end', end: { left: true }, snapshot: { session: null } });
    expect(kinds(gone.effects)).toEqual(['wipe', 'leave']);
    // The server still tells of the session: the screen stays ended and the leaving is said again.
    const late = run(gone.model, { kind: 'snapshot', snapshot: snap(session('connected')) }, later(RETRY_MS + 1));
    expect(late.model.screen).toBe('end');
    expect(kinds(late.effects)).toEqual(['leave']);
    const heard = run(late.model, { kind: 'snapshot', snapshot: snap(null) }, later(9_000));
    expect(kinds(heard.effects)).toEqual([]);
  });

  it('is told to the server until it shows nothing of the session, but never while a code is on its way', () => {
    const start = ready();
    const boot = run(start, { kind: 'snapshot', snapshot: snap(session('closed')) }, later(1_000));
    expect(kinds(boot.effects)).toEqual(['leave']);
    expect(kinds(run(boot.model, later(2_000), later(4_100)).effects)).toEqual(['leave']);
    const busy = submitted();
    expect(kinds(run(busy, { kind: 'snapshot', snapshot: snap(session('closed')) }, later(9_000)).effects)).toEqual([]);
    expect(kinds(run(boot.model, { kind: 'left' }, { kind: 'snapshot', snapshot: snap(null) }, later(9_000)).effects)).toEqual(['refresh']);
  });

  it('lets the next citizen in', () => {
    const gone = run(inState('waiting'), { kind: 'leaveAsked' }, { kind: 'leaveConfirmed' }, { kind: 'home' }).model;
    const next = run(gone, { kind: 'snapshot', snapshot: snap(session('waiting', { id: 's2' })) }).model;
    expect(next).toMatchObject({ screen: 'session', end: null });
  });

  it('forgets an open question after half a minute', () => {
    expect(run(inState('waiting'), { kind: 'leaveAsked' }, later(30_000)).model.leave).toBe('no');
  });
});

describe('papers', () => {
  const call = (): Model => together(inState('connected'));
  const sheet = (id: string): Sheet => ({ id, photo: `photo:${id}`, picture: `blob:${id}`, width: 1280, height: 720, corners: WHOLE, found: true });
  const shoot = (id: string): readonly Event[] => [{ kind: 'paperShoot', id }, { kind: 'paperShot', page: sheet(id) }];
  const one = (): Model => run(call(), { kind: 'paperOpened' }, ...shoot('1')).model;
  const three = (): Model => run(one(), { kind: 'paperAdded' }, ...shoot('2'), { kind: 'paperAdded' }, ...shoot('3')).model;
  const ids = (model: Model): string => model.paper.pages.map(({ id }) => id).join('');
  const ask = { id: 'a1', kind: 'paper', name: 'Contratto', pages: 2, document_id: null, state: 'open', result_id: null } as const;

  const silent = (effects: readonly Effect[]): readonly Effect[] => effects.filter(({ kind }) => kind !== 'say');

  it('are aimed at, pictured page by page, and sent together', () => {
    expect(silent(run(call(), { kind: 'paperOpened' }, { kind: 'paperShoot', id: '1' }).effects)).toEqual([{ kind: 'capture', id: '1' }]);
    expect(silent(run(call(), { kind: 'paperOpened' }, { kind: 'paperShoot', id: '1' }, { kind: 'paperShoot', id: '2' }).effects)).toHaveLength(1);
    const sending = run(three(), { kind: 'paperFinished', requestId: 'r1' });
    expect(silent(sending.effects)).toEqual([{ kind: 'upload', pages: ['1', '2', '3'], request: 'r1' }]);
    const sent = run(sending.model, { kind: 'paperSent' });
    expect(sent.model.paper).toMatchObject({ step: 'sent', pages: [], request: '' });
    expect(silent(sent.effects)).toEqual([{ kind: 'keep', pages: [] }, { kind: 'refresh' }]);
    expect(run(sent.model, later(2_500)).model.paper.step).toBe('off');
  });

  it('keep every page when the line fails, and repeat the same request', () => {
    const failed = run(three(), { kind: 'paperFinished', requestId: 'r1' }, { kind: 'paperFailed', detail: '' }).model;
    expect(failed.paper).toMatchObject({ step: 'pages', failed: '' });
    expect(ids(failed)).toBe('123');
    expect(silent(run(failed, { kind: 'paperFinished', requestId: 'r2' }).effects)).toEqual([{ kind: 'upload', pages: ['1', '2', '3'], request: 'r1' }]);
    const other = run(failed, { kind: 'paperRemoved' }, { kind: 'paperFinished', requestId: 'r2' });
    expect(silent(other.effects).at(-1)).toEqual({ kind: 'upload', pages: ['1', '2'], request: 'r2' });
    const dropped = run(three(), { kind: 'peer', peer: 'lost' }, { kind: 'snapshot', snapshot: snap(session('dropped')) }, { kind: 'snapshot', snapshot: snap(session('held')) });
    expect(ids(dropped.model)).toBe('123');
    const away = run(three(), { kind: 'paperClosed' }).model;
    expect(away.paper.step).toBe('off');
    expect(ids(run(away, { kind: 'paperOpened' }).model)).toBe('123');
  });

  it('are taken again, moved, removed', () => {
    const again = run(three(), { kind: 'paperChosen', page: 1 }, { kind: 'paperRetake' }, ...shoot('x'));
    expect(ids(again.model)).toBe('1x3');
    expect(silent(again.effects).at(-1)).toEqual({ kind: 'keep', pages: ['1', 'x', '3'] });
    const moved = run(three(), { kind: 'paperMoved', by: -1 }, { kind: 'paperMoved', by: -1 }, { kind: 'paperMoved', by: -1 }).model;
    expect(ids(moved)).toBe('312');
    expect(moved.paper.at).toBe(0);
    const none = run(three(), { kind: 'paperRemoved' }, { kind: 'paperRemoved' }, { kind: 'paperRemoved' });
    expect(none.model.paper).toMatchObject({ step: 'aim', pages: [] });
    const left = run(three(), { kind: 'paperRetake' }, { kind: 'paperClosed' }).model;
    expect(left.paper).toMatchObject({ step: 'pages', again: false });
    expect(ids(left)).toBe('123');
  });

  it('stop at twelve pages', () => {
    let model = one();
    for (let n = 2; n < 20; n++) model = run(model, { kind: 'paperAdded' }, ...shoot(`p${n}`)).model;
    expect(model.paper.pages).toHaveLength(12);
  });

  it('are straightened anew with corners that make a sheet, turned, or left whole', () => {
    const opened = run(one(), { kind: 'cornersOpened' }).model;
    const set = run(opened, { kind: 'cornerMoved', corner: 0, x: 0.2, y: -3 }).model;
    expect(set.paper.corners[0]).toEqual({ x: 0.2, y: 0 });
    expect(run(set, { kind: 'cornerMoved', corner: 0, x: 0.99, y: 0.99 }).model.paper.corners).toEqual(set.paper.corners);
    const done = run(set, { kind: 'cornersDone' });
    expect(silent(done.effects)).toEqual([{ kind: 'straighten', id: '1', corners: set.paper.corners }]);
    expect(silent(run(done.model, { kind: 'paperFinished', requestId: 'r' }).effects)).toEqual([]);
    expect(run(done.model, { kind: 'paperStraightened', id: '1', picture: 'blob:new' }).model.paper.pages[0]).toMatchObject({ picture: 'blob:new', corners: set.paper.corners });
    expect(run(set, { kind: 'cornersWhole' }).model.paper.corners).toEqual(WHOLE);
    expect(run(set, { kind: 'cornersLeft' }, { kind: 'cornersOpened' }).model.paper.corners).toEqual(WHOLE);
    expect(silent(run(one(), { kind: 'paperTurned' }).effects)[0]).toMatchObject({ kind: 'straighten', corners: [{ x: 0, y: 1 }, { x: 0, y: 0 }, { x: 1, y: 0 }, { x: 1, y: 1 }] });
  });

  it('are discarded with the session, also a picture that comes late', () => {
    const gone = run(one(), { kind: 'snapshot', snapshot: snap(null) });
    expect(gone.model.paper).toMatchObject({ step: 'off', pages: [] });
    expect(kinds(gone.effects)).toEqual(['wipe']);
    const closed = run(call(), { kind: 'paperOpened' }, { kind: 'paperShoot', id: '1' }, { kind: 'paperClosed' }).model;
    expect(silent(run(closed, { kind: 'paperShot', page: sheet('1') }).effects)).toEqual([{ kind: 'keep', pages: [] }]);
  });

  it('that the operator asks for open the camera once, and what is captured outlives a withdrawal', () => {
    const heard = run(call(), { kind: 'snapshot', snapshot: snap(session('connected', { ask })) });
    expect(heard.model.paper.step).toBe('aim');
    expect(kinds(heard.effects)).toEqual(['notice']);
    const closed = run(heard.model, { kind: 'paperClosed' }, { kind: 'snapshot', snapshot: snap(session('connected', { ask })) }).model;
    expect(closed.paper.step).toBe('off');
    expect(run(heard.model, { kind: 'snapshot', snapshot: snap(session('connected')) }).model.paper.step).toBe('off');
    const kept = run(heard.model, ...shoot('1'), { kind: 'snapshot', snapshot: snap(session('connected')) }).model;
    expect(ids(kept)).toBe('1');
    expect(inState('connected', { ask }).paper.step).toBe('aim');
  });

  it('are not offered outside a call', () => {
    expect(run(inState('waiting'), { kind: 'paperOpened' }).model.paper.step).toBe('off');
  });

  it('sent by the operator open once by themselves', () => {
    const doc = { id: 'd1', name: 'Ricevuta', media_type: 'image/png', size_bytes: 9, source: 'desk_upload', at: '2026-05-05T08:30:00Z', url: '/d1', pages: ['/p1', '/p2'] } as const;
    const shown = run(call(), { kind: 'snapshot', snapshot: snap(session('connected', { documents: [doc] })) });
    expect(shown.model.viewing).toBe('d1');
    expect(kinds(shown.effects)).toEqual(['notice']);
    const turn = (by: 1 | -1): Event => ({ kind: 'pageTurned', by });
    expect(run(shown.model, turn(1), turn(1), turn(1)).model.page).toBe(2);
    expect(run(shown.model, turn(-1)).model.page).toBe(1);
    const again = run(shown.model, { kind: 'documentClosed' }, { kind: 'snapshot', snapshot: snap(session('connected', { documents: [doc] })) });
    expect(again.model.viewing).toBeNull();
    expect(run(again.model, { kind: 'documentOpened', id: 'd1' }).model.viewing).toBe('d1');
    expect(run(again.model, { kind: 'documentOpened', id: 'zzz' }).model.viewing).toBeNull();
    expect(inState('connected', { documents: [doc] }).viewing).toBeNull();
  });
});

describe('late and impossible events', () => {
  const all: Event[] = [
    { kind: 'tick', now: T0 + 10 }, { kind: 'digit', digit: '1' },
    { kind: 'erase' }, { kind: 'submit', requestId: 'r' },
    { kind: 'scanOpened' },
    { kind: 'scanned', content: '4827193506', requestId: 'r' },
    { kind: 'opened', snapshot: snap(null) },
    { kind: 'openRefused', error: REFUSED },
    { kind: 'enrolRefused', error: REFUSED },
    { kind: 'beatAnswered', state: 'closed' },
    { kind: 'peer', peer: 'lost' },
    { kind: 'picture', on: true },
    { kind: 'chatSent', text: 'x' },
    { kind: 'paperOpened' }, { kind: 'paperShoot', id: 'x' },
    { kind: 'paperFinished', requestId: 'r' }, { kind: 'paperSent' },
    { kind: 'paperFailed', detail: '' },
    { kind: 'leaveConfirmed' }, { kind: 'left' },
    { kind: 'documentClosed' },
  ];

  it('change nothing on the invitation', () => {
    const start = ready();
    for (const event of all) {
      const { model, effects } = update(start, event);
      expect(model.screen, event.kind).toBe('start');
      expect(demandOf(model).camera, event.kind).toBe(false);
      expect(kinds(effects).filter((k) => !['refresh', 'discard'].includes(k)), event.kind).toEqual([]);
    }
  });

  it('never throw in any state, in any order', () => {
    const starts = [initial(T0), ready(), atCode(), submitted(), ...STATES.map((s) => inState(s)), together(inState('connected'))];
    for (const start of starts) for (const a of all) for (const b of all) run(start, a, b);
  });

  it('of a call do not write into the citizen who comes next', () => {
    const gone = run(together(inState('connected')), { kind: 'snapshot', snapshot: snap(null) }, { kind: 'picture', on: true }, { kind: 'peer', peer: 'here' }).model;
    expect(gone.call).toMatchObject({ picture: false, peer: 'absent' });
  });
});

describe('the look of the screen', () => {
  it('grows, turns to high contrast, stays for the whole visit and goes with the citizen', () => {
    const grown = run(ready(), { kind: 'textGrown' }, { kind: 'contrastToggled' }).model;
    expect(grown.look).toEqual({ text: 1, contrast: true, language: 'it', scan: 'off', reads: false });
    const seated = run(grown, { kind: 'begin' }, { kind: 'snapshot', snapshot: snap(session('waiting')) }).model;
    expect(seated.look).toEqual({ text: 1, contrast: true, language: 'it', scan: 'off', reads: false });
    const over = run(seated, { kind: 'snapshot', snapshot: snap(null) }).model;
    expect(over).toMatchObject({ screen: 'end', look: { text: 1, contrast: true } });
    expect(run(over, { kind: 'home' }).model.look).toEqual({ text: 0, contrast: false, language: 'it', scan: 'off', reads: false });
    expect(run(grown, { kind: 'textGrown' }, { kind: 'textGrown' }).model.look.text).toBe(0);
  });

  it('goes when nobody touches the first screen any more', () => {
    const grown = run(ready(), { kind: 'textGrown' }).model;
    expect(run(grown, later(IDLE_WIPE_MS)).model.look.text).toBe(0);
  });
});

describe('the spoken guide', () => {
  it('tells each screen, once, and only when switched on', () => {
    const said = (effects: Effect[]) => effects.filter((e) => e.kind === 'say');
    expect(said(run(ready(), { kind: 'begin' }).effects)).toEqual([{ kind: 'say', key: 'code', args: { code: '' }, aloud: false }]);
    const guided = run(ready(), { kind: 'guideToggled' });
    expect(said(guided.effects)).toEqual([{ kind: 'say', key: 'start', args: { entity: 'Comune di Isernia' }, aloud: true }]);
    const typed = run(guided.model, { kind: 'begin' }, { kind: 'digit', digit: '4' });
    expect(said(typed.effects).at(-1)).toEqual({ kind: 'say', key: 'digit', args: { digit: '4' }, aloud: true });
  });

  it('reads the operator’s words', () => {
    const line = { id: 'c1', side: 'desk', text: 'Buongiorno', at: '2026-05-05T08:30:00Z' } as const;
    const { effects } = run(together(inState('connected')), { kind: 'snapshot', snapshot: snap(session('connected', { chat: [line] })) });
    expect(effects).toContainEqual({ kind: 'say', key: 'message', args: { text: 'Buongiorno' }, aloud: false });
    expect(kinds(effects)).toEqual(['notice']);
  });
});

describe('a page loaded again', () => {
  const kept = { typed: '482719', at: T0 };

  it('says that there is no line, keeps the digits, and goes on with them', () => {
    const before = initial(T0 + 1_000, false, kept);
    expect(offline(run(before, later(2_000)).model)).toBe(false);
    const down = run(before, later(5_000)).model;
    expect(offline(down)).toBe(true);
    const back = run(down, { kind: 'lineUp' }, { kind: 'snapshot', snapshot: snap(null) }).model;
    expect([back.screen, back.typed]).toEqual(['code', '482719']);
  });

  it('forgets digits nobody comes back for', () => {
    const { model, effects } = run(initial(T0, false, kept), later(IDLE_OFFLINE_MS));
    expect(model.typed).toBe('');
    expect(effects.some((e) => e.kind === 'wipe')).toBe(true);
    expect(run(model, { kind: 'snapshot', snapshot: snap(null) }).model.screen).toBe('start');
  });

  it('lets a session that was opened meanwhile go first', () => {
    const model = run(initial(T0, false, kept), { kind: 'snapshot', snapshot: snap(session('waiting')) }).model;
    expect([model.screen, model.typed]).toEqual(['session', '']);
  });
});

describe('who reads instead of hearing', () => {
  it('sees what is being written, and is known by it until the end', () => {
    const reads = run(inState('waiting'), { kind: 'readingToggled' }).model;
    const call = together(run(reads, { kind: 'snapshot', snapshot: snap(session('connected')) }, { kind: 'typing', now: { text: 'Buon', reads: false } }).model);
    expect([call.look.reads, call.call.typing]).toEqual([true, 'Buon']);
    const over = run(call, { kind: 'snapshot', snapshot: snap(null) }).model;
    expect(over.call.typing).toBe('');
    expect(run(over, { kind: 'home' }).model.look.reads).toBe(false);
  });
});
