/** What the operator is writing, kept in this tab only: it survives a reload and dies with the tab. */
import { type Decoder, DecodeError, nullable, oneOf, shape, text } from '../../packages/api/decode';
import { OUTCOMES } from '../../packages/api/types';
import type { Draft } from './model';

const PREFIX = 'sportello.draft.';
const SHORTCUTS = 'sportello.shortcuts';
const draft: Decoder<Draft> = shape({ chat: text, note: text, outcome: nullable(oneOf(...OUTCOMES)) });

/** The draft of a session, or null. */
export function load(session: string): Draft | null {
  const kept = sessionStorage.getItem(PREFIX + session);
  if (kept === null) return null;
  try {
    return draft(JSON.parse(kept) as unknown, 'draft');
  } catch (error) {
    if (error instanceof DecodeError || error instanceof SyntaxError) return null;
    throw error;
  }
}

/** Keeps the draft of a session; nothing of earlier sessions stays. */
export function save(session: string, value: Draft): void {
  sessionStorage.setItem(PREFIX + session, JSON.stringify(value));
}

/** Forgets the drafts of all sessions but one. */
export function forgetAllBut(session: string | null): void {
  for (const key of Object.keys(sessionStorage)) {
    if (key.startsWith(PREFIX) && key !== PREFIX + (session ?? '')) sessionStorage.removeItem(key);
  }
}

/** Whether single keys do things; a choice of this machine. */
export function shortcutsKept(): boolean {
  return localStorage.getItem(SHORTCUTS) !== 'off';
}

/** Keeps that choice. */
export function keepShortcuts(on: boolean): void {
  localStorage.setItem(SHORTCUTS, on ? 'on' : 'off');
}
