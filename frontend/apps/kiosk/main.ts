/** The kiosk: the machine, its screen, and the world. */
import { nothing, render } from 'lit';
import './kiosk.css';
import { Announcer, Voice } from '../../packages/a11y/index';
import { ApiError, clientError, CODE_NETWORK, newRequestId } from '../../packages/api/http';
import * as api from '../../packages/api/kiosk';
import type { Stream } from '../../packages/api/stream';
import { Level, preload } from '../../packages/call/index';
import { isoDate, LANGUAGES } from '../../packages/text/index';
import { lineCarries, soundHeard, tell } from './apparatus';
import { Equipment } from './equipment';
import { guard } from './guard';
import { held } from './hold';
import { keep, kept } from './kept';
import { Live } from './live';
import type { Effect, Event } from './model';
import { Pen } from './pen';
import { Sheets } from './sheets';
import { Shell } from './shell';
import { writing } from './sign';
import { checking, demandOf, initial, update } from './state';
import { view } from './view';
import type { Ports } from './views/ports';
import { Switches } from './switches';
import { changeTo, t } from './words';

/** Where citizens talk from their own device; booking.OwnPath. */
const OWN_PATH = '/collegamento';
/** How long a finger stays on the clock before the guided test opens. */
const TEST_HOLD_MS = 5_000;

const home = location.pathname === OWN_PATH;
const shell = new Shell();
const root = document.getElementById('app') as HTMLElement;
const announcer = new Announcer(document.body);
const voice = new Voice();
const sheets = new Sheets();
const pen = new Pen((drawn) => send({ kind: 'signDrawn', drawn }));
const equipment = new Equipment();
const level = new Level(() => model.trial?.step === 'microphone' && send({ kind: 'testTried', part: 'microphone', ok: true }));
const switches = new Switches(root, {
  say: (label) => model.guide && voice.say(label),
  speaking: () => voice.speaking,
  idle: () => model.screen === 'start' && !model.home,
  held: () => send({ kind: 'scanChosen', mode: 'medium' }),
});
let stream: Stream | null = null;
const STARTED = Date.now() - performance.now();
let model = initial(now(), home, home ? null : kept(now()));

/** Time that no correction of the machine's clock makes jump; what people read is set right by the server's. */
function now(): number {
  return STARTED + performance.now();
}

const queue: Event[] = [];
let working = false;

/** Moves the machine. Events that arise while it moves wait their turn. */
function send(event: Event): void {
  queue.push(event);
  if (working) return;
  working = true;
  try {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      const step = update(model, next);
      model = step.model;
      for (const effect of step.effects) run(effect);
      if (!home) keep(model);
      draw();
      live.follow(demandOf(model));
      pen.follow(model.sign.step);
      live.line.write({ text: writing(model), reads: model.look.reads });
      level.follow(checking(model) || model.trial?.step === 'microphone' ? live.line.microphone : null);
    }
  } finally {
    working = false; // a fault in one event must not silence the next
  }
}

const live = new Live(send, () => void refresh(), () => model.screen === 'session');

function draw(): void {
  const ports: Ports = { send, own: live.line.own, other: live.line.other, screen: live.line.screen, guests: live.line.guests.element, level: level.element, pad: pen.canvas, newId: newRequestId };
  const { text, contrast } = model.look;
  Object.assign(document.documentElement.dataset, { home: String(model.home),  text: String(text), contrast: String(contrast) });
  render(view(model, ports), root);
  switches.follow(model.look.scan);
  const heading = root.querySelector('h1')?.textContent?.trim();
  document.title = heading ? `${heading} · ${t('kiosk.title')}` : t('kiosk.title');
}

/** Turns whatever was thrown into the one error the machine knows. */
function known(error: unknown): ApiError {
  return error instanceof ApiError ? error : clientError(CODE_NETWORK);
}

function run(effect: Effect): void {
  switch (effect.kind) {
    case 'enrol':
      api.enrol(effect.code).then(
        () => send({ kind: 'enrolled' }),
        (error: unknown) => send({ kind: 'enrolRefused', error: known(error) }),
      );
      return;
    case 'connect':
      return connect();
    case 'refresh':
      return void refresh();
    case 'open':
      api.openSession(effect.code, effect.requestId, live.visit).then(
        (snapshot) => send({ kind: 'opened', snapshot }),
        (error: unknown) => send({ kind: 'openRefused', error: known(error) }),
      );
      return;
    case 'walkIns':
      api.fetchWalkIns().then(
        (services) => send({ kind: 'walkInsRead', services }),
        () => send({ kind: 'walkInsRead', services: 'unread' }),
      );
      return;
    case 'takeNumber':
      api.takeNumber(effect.service, effect.requestId, live.visit).then(
        (snapshot) => send({ kind: 'opened', snapshot }),
        (error: unknown) => send({ kind: 'openRefused', error: known(error) }),
      );
      return;
    case 'openOwn':
      api.openOwn(effect.requestId).then(
        (snapshot) => send({ kind: 'opened', snapshot }),
        (error: unknown) => send({ kind: 'openRefused', error: known(error) }),
      );
      return;
    case 'mailReceipt':
      api.mailReceipt(effect.session).then(
        () => send({ kind: 'receiptSent', ok: true }),
        () => send({ kind: 'receiptSent', ok: false }),
      );
      return;
    case 'print':
      return print();
    case 'testSound':
      soundHeard().then(
        (ok) => send({ kind: 'testTried', part: 'speaker', ok }),
        () => send({ kind: 'testTried', part: 'speaker', ok: null }),
      );
      return;
    case 'testLine':
      void lineCarries().then((ok) => send({ kind: 'testTried', part: 'network', ok }));
      return;
    case 'testSend':
      tell(effect.found).then(
        () => send({ kind: 'testSent', ok: true }),
        () => send({ kind: 'testSent', ok: false }),
      );
      return;
    case 'language':
      changeTo(effect.language).then(
        () => send({ kind: 'languageReady', language: effect.language }),
        () => undefined, // the words did not come: those that are there stay
      );
      return;
    case 'lack':
      api.sendLack(effect.items).then(refresh, () => undefined); // it was a hint to the operator
      return;
    case 'times':
      api.fetchTimes().then(
        (times) => send({ kind: 'timesRead', times }),
        (error: unknown) => send({ kind: 'awayRefused', detail: known(error).detail }),
      );
      return;
    case 'moveAway':
    case 'cancelAway':
      (effect.kind === 'moveAway' ? api.moveAway(effect.start) : api.cancelAway()).then(
        () => send({ kind: 'wentAway' }),
        (error: unknown) => send({ kind: 'awayRefused', detail: known(error).detail }),
      );
      return;
    case 'leave':
      api.leave(effect.session).then(
        () => send({ kind: 'left' }),
        // Refused: there is nothing left to leave. Not reached: the machine says it again.
        (error: unknown) => (known(error).unreachable ? undefined : send({ kind: 'left' })),
      );
      return;
    case 'wipe':
      return wipe();
    case 'chat':
      api.sendChat(effect.text).then(refresh, () => send({ kind: 'chatFailed' }));
      return;
    case 'capture':
      sheets.take(live.line.own, effect.id).then(
        (page) => send({ kind: 'paperShot', page }),
        () => send({ kind: 'paperFailed', detail: t('kiosk.paper.no_camera') }),
      );
      return;
    case 'straighten':
      sheets.straighten(effect.id, effect.corners).then(
        (picture) => send({ kind: 'paperStraightened', id: effect.id, picture }),
        () => send({ kind: 'paperFailed', detail: t('kiosk.paper.failed') }),
      );
      return;
    case 'upload':
      return upload(effect.pages, effect.request);
    case 'keep':
      return sheets.keepOnly(effect.pages);
    case 'sign':
      (effect.typed === '' ? pen.picture() : Promise.resolve(effect.typed))
        .then((mark) => api.sign(effect.ask, mark, effect.request))
        .then(
          () => send({ kind: 'signSent' }),
          (error: unknown) => send({ kind: 'signFailed', detail: known(error).detail }),
        );
      return;
    case 'refuse':
      api.refuseToSign(effect.ask).then(refresh, (error: unknown) => send({ kind: 'signFailed', detail: known(error).detail }));
      return;
    case 'clearPad':
      return pen.clear();
    case 'notice':
      return live.chime.play('notice');
    case 'preload':
      void preload().catch(() => undefined);
      return;
    case 'say': {
      const sentence = t(`kiosk.say.${effect.key}`, effect.args);
      announcer.say(sentence, effect.key === 'idle' || effect.key === 'dropped');
      if (effect.aloud && !voice.say(sentence)) live.chime.play('notice');
      return;
    }
  }
}

function upload(ids: readonly string[], request: string): void {
  const time = `${isoDate(now())}-${Math.floor(now() / 1000) % 86_400}`;
  const ask = model.snapshot?.session?.ask;
  const name = ask?.kind === 'paper' ? ask.name : t('kiosk.paper.name', { time });
  api.sendPaper(sheets.pages(ids), name, request).then(
    () => send({ kind: 'paperSent' }),
    (error: unknown) => send({ kind: 'paperFailed', detail: known(error).detail }),
  );
}

/** Nothing of a citizen stays: no track, no picture, no node, no word. */
function wipe(): void {
  live.wipe();
  sheets.keepOnly([]);
  pen.clear();
  voice.hush();
  announcer.clear();
  sessionStorage.clear();
  localStorage.clear();
  render(nothing, root);
}

async function refresh(): Promise<void> {
  try {
    send({ kind: 'snapshot', snapshot: await api.fetchState() });
  } catch (error) {
    if (known(error).unauthenticated) send({ kind: 'lineDown', error: known(error) });
  }
}

function connect(): void {
  stream?.close();
  stream = api.openEvents({
    open: () => {
      send({ kind: 'lineUp' });
      if (home) return;
      void equipment.say();
      shell.look();
    },
    snapshot: (snapshot) => send({ kind: 'snapshot', snapshot }),
    lost: (error) => send({ kind: 'lineDown', error }),
  });
}

/** Whether letters of a keyboard belong to something: an answer, or a name typed to sign. */
const writes = (): boolean => model.replies || model.sign.step === 'type';

const keys = {
  digit: (digit: string) => send({ kind: 'digit', digit }),
  erase: () => send({ kind: writes() ? 'letterErased' : 'erase' }),
  letter: (letter: string) => {
    if (!writes()) return false;
    send({ kind: 'letter', letter });
    return true;
  },
  enter: () => send(model.replies ? { kind: 'chatSent', text: model.draft } : { kind: 'submit', requestId: newRequestId() }),
  touched: () => {
    send({ kind: 'touched' });
    void live.unlock();
  },
  switched: (event: KeyboardEvent) => switches.press(event),
  sound: () => void live.unlock(),
};
if (model.home) for (const touch of ['pointerdown', 'keydown']) document.addEventListener(touch, keys.touched, { capture: true });
else guard(root, keys);
// Whoever keeps the kiosk opens the guided test: a finger that stays on the clock, or the address with #prova.
held('.clock', TEST_HOLD_MS, () => send({ kind: 'testOpened' }));
setInterval(() => {
  send({ kind: 'tick', now: now() });
  live.tick(model.call.link);
  if (shell.newer && model.screen === 'start') location.reload();
  if (location.hash === '#prova' && model.screen === 'start') {
    history.replaceState(null, '', location.pathname);
    send({ kind: 'testOpened' });
  }
  if (voice.available !== model.voice) send({ kind: 'voiceFound', available: voice.available });
}, 1_000);
addEventListener('pagehide', () => {
  working = true; // whatever still happens moves nothing: the page that comes takes the call
  live.wipe();
});
addEventListener('pageshow', (event) => event.persisted && location.reload());
if (!home) shell.start();
draw();
connect();
// At home the page goes on in the language in which the appointment's page was read.
const wish = LANGUAGES.find((one) => one === new URLSearchParams(location.search).get('lang'));
if (model.home && wish && wish !== model.look.language) send({ kind: 'languageChosen', language: wish });
