/** What the spoken guide and the screen reader say when something changes. Pure. */
import { spelled } from './code';
import type { Effect, Event, Model, SayKey } from './model';
import { stageOf } from './session';
import { idleSeconds, offline } from './state';

/** The sentences for the step from one state to the next. */
export function narrate(before: Model, after: Model, event: Event): readonly Effect[] {
  const say = (key: SayKey, args: Readonly<Record<string, string>> = {}, always = false): Effect => ({
    kind: 'say',
    key,
    args,
    aloud: always || after.guide,
  });
  if (idleSeconds(before) === null && idleSeconds(after) !== null) return [say('idle', {}, true)];
  if (offline(before) !== offline(after) && offline(after)) return [say('offline')];
  if (event.kind === 'digit' && after.typed.length > before.typed.length) {
    return [say('digit', { digit: after.typed.slice(-1) })];
  }
  const scene = sceneOf(after);
  if (scene !== null && (scene !== sceneOf(before) || (event.kind === 'guideToggled' && after.guide))) {
    return [say(scene, argsOf(scene, after))];
  }
  if (after.viewing !== null && after.viewing !== before.viewing) return [say('document')];
  const line = lastLine(after);
  return line !== null && line.id !== lastLine(before)?.id ? [say('message', { text: line.text })] : [];
}

function sceneOf(model: Model): SayKey | null {
  switch (model.screen) {
    case 'boot':
    case 'enrol':
    case 'selftest':
      return null;
    case 'code':
      return model.scanning ? 'scan' : 'code';
    case 'session':
      if (stageOf(model) === 'call' && model.sign.step !== 'off' && model.sign.step !== 'sending') return model.sign.step === 'read' ? 'sign' : model.sign.step;
      if (stageOf(model) === 'call' && (model.paper.step === 'aim' || model.paper.step === 'pages' || model.paper.step === 'corners')) return model.paper.step;
      return stageOf(model);
    default:
      return model.screen;
  }
}

function argsOf(scene: SayKey, model: Model): Readonly<Record<string, string>> {
  const session = model.snapshot?.session;
  switch (scene) {
    case 'start':
      return { entity: model.snapshot?.entity.name ?? '' };
    case 'code':
      return { code: spelled(model.typed) };
    case 'refusal':
      return { detail: model.refusal?.detail ?? '' };
    case 'help':
      return { phone: model.snapshot?.entity.phone ?? '' };
    case 'waiting':
      return { service: session?.service.title ?? '', titolare: session?.titolare ?? '' };
    case 'ringing':
    case 'call':
      return { operator: session?.operator_name ?? '' };
    default:
      return {};
  }
}

function lastLine(model: Model) {
  return model.snapshot?.session?.chat.filter((line) => line.side === 'desk').at(-1) ?? null;
}
