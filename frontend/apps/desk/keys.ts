/** The keys of the desk. Everything has one, and all are shown on "?". */
import type { Event, Model } from './model';
import { sessionOf } from './state';

/** What a pressed key means; `focus` moves the cursor into a part of the desk. */
export type KeyAct =
  | { readonly kind: 'event'; readonly event: Event }
  | { readonly kind: 'focus'; readonly target: 'chat' | 'note' | 'outcome' | 'ready' | 'recognised' }
  | { readonly kind: 'file' }
  | { readonly kind: 'sound' };

/** A key with the name of what it does, in the order of the list on "?". */
export const KEYS = [
  ['N', 'next'],
  ['M', 'microphone'],
  ['V', 'camera'],
  ['L', 'share'],
  ['H', 'hold'],
  ['R', 'recall'],
  ['A', 'no_show'],
  ['K', 'park'],
  ['T', 'pass'],
  ['W', 'invite'],
  ['U', 'recognised'],
  ['C', 'chat'],
  ['X', 'ready'],
  ['I', 'file'],
  ['Q', 'ask_paper'],
  ['F', 'ask_signature'],
  ['E', 'outcome'],
  ['P', 'note'],
  ['D', 'devices'],
  ['B', 'break'],
  ['O', 'emergency'],
  ['G', 'day'],
  ['S', 'sound'],
  ['Esc', 'escape'],
  ['?', 'keys'],
] as const;

/** What a key means now; null when it means nothing. `typing`: the cursor is in a field. */
export function actOf(
  model: Model,
  key: string,
  where: { readonly typing: boolean; readonly control: boolean },
  newId: () => string,
  today: () => string,
): KeyAct | null {
  if (where.typing || model.dialog !== null) return null;
  const event = (e: Event): KeyAct => ({ kind: 'event', event: e });
  if (key === 'Enter') return where.control ? null : event({ kind: 'next', requestId: newId() });
  if (!model.shortcuts) return null;
  const session = sessionOf(model);
  switch (key.toLowerCase()) {
    case 'n':
      return event({ kind: 'next', requestId: newId() });
    case 'm':
      return event({ kind: 'microphoneToggled' });
    case 'v':
      return event({ kind: 'cameraToggled' });
    case 'l':
      return event({ kind: 'shareToggled' });
    case 'h':
      return event({ kind: 'step', step: session?.state === 'held' ? 'resume' : 'hold' });
    case 'r':
      return event({ kind: 'step', step: 'recall' });
    case 'a':
      return event({ kind: 'dialogOpened', dialog: 'no_show' });
    case 'k':
      return event({ kind: 'step', step: 'park' });
    case 't':
      return event({ kind: 'dialogOpened', dialog: 'pass' });
    case 'w':
      return event({ kind: 'dialogOpened', dialog: 'invite' });
    case 'u':
      return { kind: 'focus', target: 'recognised' };
    case 'x':
      return { kind: 'focus', target: 'ready' };
    case 'c':
      return { kind: 'focus', target: 'chat' };
    case 'p':
      return { kind: 'focus', target: 'note' };
    case 'e':
      return { kind: 'focus', target: 'outcome' };
    case 'i':
      return session === null ? null : { kind: 'file' };
    case 'q':
      return event({ kind: 'dialogOpened', dialog: 'ask_paper' });
    case 'f':
      return event({ kind: 'dialogOpened', dialog: 'ask_signature' });
    case 'd':
      return event({ kind: 'dialogOpened', dialog: 'devices' });
    case 'b':
      return event({ kind: 'breakToggled' });
    case 'o':
      return event({ kind: 'dialogOpened', dialog: 'emergency' });
    case 'g':
      return event({ kind: 'dialogOpened', dialog: 'day', date: today() });
    case 's':
      return { kind: 'sound' };
    case '?':
      return event({ kind: 'dialogOpened', dialog: 'keys' });
    default:
      return null;
  }
}
