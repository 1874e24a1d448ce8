import { describe, expect, it } from 'vitest';
import { choose, FIRST, type Mark, onward, type Row, within } from './scanning';

const KEYS = [['1', '2', '3'], ['4', '5', '6'], ['7', '8', '9'], ['da capo', '0', 'cancella'], ['Continua'], ['QR'], ['aiuto'], ['A', 'contrasto']];
const ROWS: readonly Row[] = KEYS.map((keys, i) => ({ family: i < 5 ? 'keypad' : i < 7 ? 'stack' : 'header', size: keys.length }));

/** Presses a key with one switch: waits for the mark, then presses; tells how many steps it waited. */
function reach(from: Mark, key: string): { mark: Mark; steps: number } {
  let mark = from;
  for (let steps = 0; steps < 50; steps++) {
    const here = KEYS[mark.row]!;
    if (mark.item === null ? here.includes(key) : here[mark.item] === key) {
      const chosen = choose(mark, ROWS);
      mark = chosen.mark;
      if (chosen.press !== null) return { mark, steps };
      continue;
    }
    mark = onward(mark, ROWS, true);
  }
  throw new Error(`never reached ${key}`);
}

describe('scanning', () => {
  it('enters ten digits and goes on, in a bearable number of steps', () => {
    let mark = FIRST;
    let all = 0;
    for (const key of [...'4827193506', 'Continua']) {
      const { mark: next, steps } = reach(mark, key);
      expect(next).toEqual(FIRST); // the next digit is looked for from the first row of keys
      mark = next;
      all += steps;
    }
    expect(all).toBeLessThan(40);
  });

  it('leaves a row after two rounds by itself, and at its end step by step', () => {
    const inside = choose(FIRST, ROWS).mark;
    const walk = (alone: boolean, steps: number): Mark => Array.from({ length: steps }).reduce<Mark>((mark) => onward(mark, ROWS, alone), inside);
    expect(walk(true, 5)).toEqual({ row: 0, item: 2, round: 1 });
    expect(walk(true, 6)).toEqual(FIRST);
    expect(walk(false, 2).item).toBe(2);
    expect(walk(false, 3)).toEqual(FIRST);
  });

  it('presses the only thing of a row at once, and begins again after the last row', () => {
    expect(choose({ row: 4, item: null, round: 0 }, ROWS)).toEqual({ mark: FIRST, press: 0 });
    expect(onward({ row: 7, item: null, round: 0 }, ROWS, true)).toEqual(FIRST);
  });

  it('stays within what is there when a screen changes under it', () => {
    expect(within({ row: 7, item: 1, round: 0 }, ROWS.slice(0, 3))).toEqual(FIRST);
    expect(within({ row: 0, item: 2, round: 0 }, [{ family: 1, size: 2 }])).toEqual(FIRST);
    expect(choose(FIRST, [])).toEqual({ mark: FIRST, press: null });
    expect(onward(FIRST, [], true)).toEqual(FIRST);
  });
});
