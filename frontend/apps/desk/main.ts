/** The desk: the machine, its screen, and the world. */
import { render } from 'lit';
import './desk.css';
import { Announcer } from '../../packages/a11y/index';
import * as api from '../../packages/api/desk';
import { ApiError, clientError, CODE_NETWORK, newRequestId } from '../../packages/api/http';
import { preload } from '../../packages/call/index';
import { isoDate } from '../../packages/text/index';
import * as drafts from './drafts';
import { actOf, type KeyAct } from './keys';
import { bell, newLine } from './live';
import type { Asking, Effect, Event } from './model';
import { demandOf, EMPTY, initial, sessionOf, update } from './state';
import { titleOf, view } from './view';
import type { Ports } from './views/ports';
import { t } from './words';

const root = document.getElementById('app') as HTMLElement;
const announcer = new Announcer(document.body);
const STARTED = Date.now() - performance.now();
let model = initial(now());

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
      draw();
      line.follow(demandOf(model));
      line.write({ text: model.draft.chat, reads: false });
    }
  } finally {
    working = false; // a fault in one event must not silence the next
  }
}

const line = newLine(send, () => void refresh());

const ports: Ports = {
  send,
  own: line.own,
  other: line.other,
  guests: line.guests.element,
  newId: newRequestId,
  today: () => isoDate(now()),
  sound: () => void unlock(),
  pick: () => document.getElementById('file')?.click(),
};

function draw(): void {
  const lines = document.querySelector('.lines');
  const atEnd = lines === null || lines.scrollHeight - lines.scrollTop - lines.clientHeight < 40;
  render(view(model, ports), root);
  document.title = titleOf(model);
  const after = document.querySelector('.lines');
  if (atEnd && after !== null) after.scrollTop = after.scrollHeight;
}

/** Turns whatever was thrown into the one error the machine knows. */
function known(error: unknown): ApiError {
  return error instanceof ApiError ? error : clientError(CODE_NETWORK);
}

/** Follows a request to its end, either way. */
function follow<T>(request: Promise<T>, done: (value: T) => Event, refused: (error: ApiError) => Event): void {
  request.then(
    (value) => send(done(value)),
    (error: unknown) => send(refused(known(error))),
  );
}

const failed = (error: ApiError): Event => ({ kind: 'failed', error });

function run(effect: Effect): void {
  switch (effect.kind) {
    case 'claim': {
      const claim = api.claimNext(effect.requestId, effect.chosen, effect.why, line.standbyRoom);
      line.expect(claim.then(({ way }) => way));
      return follow(
        claim,
        ({ snapshot }) => ({ kind: 'claimed', snapshot }),
        (error) => ({ kind: 'claimFailed', error }),
      );
    }
    case 'step':
      return follow(api.step(effect.step), () => ({ kind: 'stepDone' }), failed);
    case 'identify':
      return follow(api.identify(effect.how), () => ({ kind: 'stepDone' }), failed);
    case 'break':
      api.takeBreak(effect.on).then(refresh, (error: unknown) => send(failed(known(error))));
      return;
    case 'help':
      return follow(api.callHelp(), (answer) => ({ kind: 'helpAnswered', answer }), (error) => ({ kind: 'helpFailed', error }));
    case 'targets':
      return follow(
        api.fetchTargets(),
        (targets) => ({ kind: 'targetsRead', targets }),
        () => ({ kind: 'targetsRead', targets: 'unread' }),
      );
    case 'invite':
      return follow(
        api.invite(effect.colleague === '' ? { name: effect.name } : { colleague_id: effect.colleague }),
        () => ({ kind: 'guestReady' }),
        (error) => ({ kind: 'guestRefused', error }),
      );
    case 'sendAway':
      api.sendAway(effect.id).then(refresh, (error: unknown) => send(failed(known(error))));
      return;
    case 'ask':
      return follow(
        askFor(effect.what, effect.of),
        () => ({ kind: 'askReady' }),
        (error) => ({ kind: 'askRefused', error }),
      );
    case 'withdrawAsk':
      api.withdrawAsk(effect.id).then(refresh, (error: unknown) => send(failed(known(error))));
      return;
    case 'pass':
      return follow(api.pass(effect.to, effect.why), () => ({ kind: 'stepDone' }), (error) => ({ kind: 'passRefused', error }));
    case 'close':
      return follow(api.close(effect.outcome, effect.note), () => ({ kind: 'closeDone' }), failed);
    case 'chat':
      api.sendChat(effect.text, effect.requestId).then(refresh, (error: unknown) =>
        send({ kind: 'chatFailed', text: effect.text, error: known(error) }),
      );
      return;
    case 'upload':
      return follow(api.sendPaper(effect.file), () => ({ kind: 'uploadDone' }), (error) => ({ kind: 'uploadFailed', error }));
    case 'day':
      return follow(
        api.fetchDay(effect.date),
        (day) => ({ kind: 'dayFetched', date: effect.date, day }),
        (error) => ({ kind: 'dayFailed', date: effect.date, error }),
      );
    case 'refresh':
      return void refresh();
    case 'restore':
      drafts.forgetAllBut(effect.session);
      return send({ kind: 'restored', session: effect.session, draft: drafts.load(effect.session) ?? EMPTY });
    case 'save':
      return drafts.save(effect.session, effect.draft);
    case 'forget':
      return drafts.forgetAllBut(sessionOf(model)?.id ?? null);
    case 'keepShortcuts':
      return drafts.keepShortcuts(effect.on);
    case 'use':
      return line.use(effect.device, effect.id);
    case 'share':
      return void line.shareScreen();
    case 'point':
      return line.point(effect.at);
    case 'takeBack':
      return line.takeBack();
    case 'arrival':
      return bell.play('arrival');
    case 'notice':
      return bell.play('notice');
    case 'say':
      return announcer.say(t(`desk.say.${effect.key}`, effect.args), effect.key === 'dropped');
  }
}

function askFor(what: 'ask_paper' | 'ask_signature', { name, pages, document: id, text }: Asking): Promise<void> {
  if (what === 'ask_paper') return api.askPaper(name.trim(), pages);
  return api.askSignature(id === '' ? { title: name.trim(), text: text.trim() } : { document_id: id });
}

async function refresh(): Promise<void> {
  try {
    send({ kind: 'snapshot', snapshot: await api.fetchState() });
  } catch (error) {
    // A line that is down shows itself by the stream; an expired session must be told at once.
    if (known(error).unauthenticated) send({ kind: 'lineDown', error: known(error) });
  }
}

async function unlock(): Promise<void> {
  const allowed = await bell.unlock();
  if (allowed !== model.soundAllowed) send({ kind: 'soundChanged', allowed });
  await line.startSound();
}

function act(what: KeyAct): void {
  switch (what.kind) {
    case 'event':
      return send(what.event);
    case 'focus':
      return document.getElementById(what.target)?.focus();
    case 'file':
      return ports.pick();
    case 'sound':
      return void unlock();
  }
}

document.addEventListener('keydown', (event) => {
  if (!model.soundAllowed) void unlock();
  const target = event.target;
  const typing = target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement || textInput(target);
  if (typing && event.key === 'Escape' && model.dialog === null) return target.blur();
  if (event.key === 'Enter' && event.ctrlKey && typing && target.id === 'note') return send({ kind: 'closeAsked' });
  if (event.ctrlKey || event.altKey || event.metaKey || event.repeat || event.isComposing) return;
  const control = target instanceof HTMLElement && target.closest('button, a, input, select, textarea, [tabindex]') !== null;
  const what = actOf(model, event.key, { typing, control }, newRequestId, ports.today);
  if (what === null) return;
  event.preventDefault();
  act(what);
});
document.addEventListener('pointerdown', () => void (model.soundAllowed || unlock()));

function textInput(target: EventTarget | null): target is HTMLInputElement {
  return target instanceof HTMLInputElement && target.type !== 'radio' && target.type !== 'checkbox';
}

send({ kind: 'shortcutsSet', on: drafts.shortcutsKept() });
setInterval(() => {
  send({ kind: 'tick', now: now() });
  if (model.phase === 'ready') line.tick(model.call.link);
}, 1_000);
addEventListener('pagehide', () => {
  working = true; // whatever still happens moves nothing: the page that comes takes the call
  line.wipe();
});
addEventListener('pageshow', (event) => event.persisted && location.reload());
void preload().catch(() => undefined);
api.openEvents({
  open: () => send({ kind: 'lineUp' }),
  snapshot: (snapshot) => send({ kind: 'snapshot', snapshot }),
  lost: (error) => send({ kind: 'lineDown', error }),
});
