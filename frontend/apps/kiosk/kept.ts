/** The digits somebody has typed outlive a reload of the page, and nothing else does; whatever wipes the kiosk wipes them. */
import { digitsOf } from './code';
import type { Model } from './model';
import { IDLE_OFFLINE_MS } from './state';

const KEY = 'typed';

/** Digits, and when they were last touched. */
export interface Kept {
  readonly typed: string;
  readonly at: number;
}

/** Keeps what stands in the state, in this window of the browser only. */
export function keep({ screen, typed, touchedAt }: Model): void {
  if (screen === 'boot') return; // not read yet
  if (screen === 'code' && typed !== '') sessionStorage.setItem(KEY, JSON.stringify({ typed, at: touchedAt }));
  else sessionStorage.removeItem(KEY);
}

/** What was kept, unless whoever typed it must be gone by now. */
export function kept(now: number): Kept | null {
  try {
    const { typed, at } = JSON.parse(sessionStorage.getItem(KEY) ?? 'null') as Kept;
    return Math.abs(now - at) < IDLE_OFFLINE_MS ? { typed: digitsOf(typed), at: Math.min(at, now) } : null;
  } catch {
    return null;
  }
}
