/** Scanning for who has one or two switches: first a row, then what stands in it. Pure. */

/** Off, by itself at one of three paces, or step by step with a second switch. */
export type ScanMode = 'off' | 'slow' | 'medium' | 'fast' | 'step';

/** How long the mark stays, in milliseconds. */
export const PACE = { slow: 2_500, medium: 1_500, fast: 800 } as const;
/** How often the things of a row are gone through before the mark goes back to the rows. */
const ROUNDS = 2;

/** A row of things that can be chosen; rows of one family stand together, as those of a keypad do. */
export interface Row {
  readonly family: unknown;
  readonly size: number;
}

/** Where the mark is: on a row, or on a thing in it. */
export interface Mark {
  readonly row: number;
  readonly item: number | null;
  readonly round: number;
}

/** The first row. */
export const FIRST: Mark = { row: 0, item: null, round: 0 };

/** The mark within what is there now. */
export function within(mark: Mark, rows: readonly Row[]): Mark {
  const row = rows[mark.row];
  if (row === undefined) return FIRST;
  return mark.item !== null && mark.item >= row.size ? { row: mark.row, item: null, round: 0 } : mark;
}

/** One step on. Step by step, the end of a row leads back to the rows; by itself, only after some rounds. */
export function onward(mark: Mark, rows: readonly Row[], alone: boolean): Mark {
  if (rows.length === 0) return FIRST;
  if (mark.item === null) return { row: (mark.row + 1) % rows.length, item: null, round: 0 };
  if (mark.item + 1 < rows[mark.row]!.size) return { ...mark, item: mark.item + 1 };
  const round = mark.round + 1;
  return alone && round < ROUNDS ? { ...mark, item: 0, round } : { row: mark.row, item: null, round: 0 };
}

/** Chooses what is marked: a row is entered, a thing is pressed, and the mark goes back to the first row of its family. */
export function choose(mark: Mark, rows: readonly Row[]): { readonly mark: Mark; readonly press: number | null } {
  const row = rows[mark.row];
  if (row === undefined) return { mark: FIRST, press: null };
  if (mark.item === null && row.size > 1) return { mark: { row: mark.row, item: 0, round: 0 }, press: null };
  const first = rows.findIndex((one) => one.family === row.family);
  return { mark: { row: first, item: null, round: 0 }, press: mark.item ?? 0 };
}
