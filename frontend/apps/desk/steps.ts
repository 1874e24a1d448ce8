/** Which steps a state of the session allows; the server has the last word with 409. */
import type { DeskStep } from '../../packages/api/desk';
import type { SessionState } from '../../packages/api/types';

const ALLOWED: Readonly<Record<SessionState, readonly (DeskStep | 'close')[]>> = {
  waiting: [],
  called: ['recall', 'no_show', 'close'],
  connected: ['hold', 'close'],
  held: ['resume', 'close'],
  dropped: ['recall', 'close'],
  closed: [],
  abandoned: [],
  no_show: [],
};

/** Whether a step makes sense in a state. */
export function can(state: SessionState, step: DeskStep | 'close'): boolean {
  return ALLOWED[state].includes(step);
}
