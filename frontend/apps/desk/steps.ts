/** Which steps a state of the session allows; the server has the last word with 409. */
import type { DeskStep } from '../../packages/api/desk';
import type { SessionState } from '../../packages/api/types';

const ALLOWED: Readonly<Record<SessionState, readonly (DeskStep | 'pass' | 'close')[]>> = {
  waiting: [],
  called: ['recall', 'no_show', 'park', 'pass', 'close'],
  connected: ['hold', 'park', 'pass', 'close'],
  held: ['resume', 'park', 'pass', 'close'],
  dropped: ['recall', 'park', 'pass', 'close'],
  closed: [],
  abandoned: [],
  no_show: [],
};

/** Whether a step makes sense in a state. */
export function can(state: SessionState, step: DeskStep | 'pass' | 'close'): boolean {
  return ALLOWED[state].includes(step);
}
