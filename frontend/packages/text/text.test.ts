import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import desk from '../../locales/it.desk.json';
import guest from '../../locales/it.guest.json';
import kiosk from '../../locales/it.kiosk.json';
import { dateOf, elapsed, fill, isoDate, skewOf, speak, timeOf, translated } from './index';

describe('words', () => {
  it('take their named values and show a missing one', () => {
    expect(fill('{{.a}} e {{.b}}', { a: 1 })).toBe('1 e {{.b}}');
  });

  it('tell times in Rome, on both sides of the clock change', () => {
    expect(timeOf('2026-03-29T00:59:00Z')).toBe('01:59');
    expect(timeOf('2026-03-29T01:00:00Z')).toBe('03:00');
    expect(dateOf('2026-05-05T08:30:00Z')).toBe('martedì 5 maggio 2026');
    expect(isoDate(Date.parse('2026-05-04T22:30:00Z'))).toBe('2026-05-05');
  });

  it('follow the server’s clock, not the noise of the line', () => {
    const server = '2026-05-05T08:30:00Z';
    const at = Date.parse(server);
    expect(skewOf(0, server, at - 1_500)).toBe(0);
    expect(skewOf(0, server, at - 600_000)).toBe(600_000);
    expect(skewOf(600_000, server, at - 601_000)).toBe(600_000);
  });

  it('count a call', () => {
    expect([elapsed(-5), elapsed(187_900), elapsed(3_735_000)]).toEqual(['0:00', '3:07', '1:02:15']);
  });
});

describe('the other languages of the kiosk', () => {
  const values = (text: string): string => [...text.matchAll(/\{\{\.\w+\}\}/g)].map((m) => m[0]).sort().join();
  it.each(['en', 'de', 'fr'])('%s has every text, with the same values', (language) => {
    const table = JSON.parse(readFileSync(join(import.meta.dirname, `../../locales/${language}.kiosk.json`), 'utf8')) as Record<string, string>;
    expect(Object.keys(table)).toEqual(Object.keys(kiosk));
    for (const [key, text] of Object.entries(kiosk)) expect(values(table[key] ?? ''), key).toBe(values(text));
  });

  it('write days and times their own way', () => {
    speak('de');
    expect(dateOf('2026-05-05T08:30:00Z')).toBe('Dienstag, 5. Mai 2026');
    speak('it');
    expect(dateOf('2026-05-05T08:30:00Z')).toBe('martedì 5 maggio 2026');
  });

  it('fall back on Italian', () => {
    const t = translated({ a: 'uno', b: 'due' }, () => ({ a: 'one' }));
    expect([t('a'), t('b')]).toEqual(['one', 'due']);
  });
});

/** All source text of an app and of the packages, tests left out. */
function sources(...folders: string[]): string {
  return folders
    .flatMap((folder) => readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((name) => join(folder, name)))
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
    .map((file) => readFileSync(file, 'utf8'))
    .join('\n')
    .replace(/\/\*[\s\S]*?\*\//g, '');
}

const root = join(import.meta.dirname, '../..');
const packages = ['api', 'call', 'a11y', 'text'].map((name) => join(root, 'packages', name));

describe.each([
  ['kiosk', kiosk as Record<string, string>],
  ['desk', desk as Record<string, string>],
  ['guest', guest as Record<string, string>],
])('the texts of the %s', (app, table) => {
  const code = sources(join(root, 'apps', app), ...packages);

  it('are all used', () => {
    // Keys built from a word of the state are named in the code as a pattern: `kiosk.say.${key}`.
    const stems = [...code.matchAll(/[`']([a-z_]+\.[a-z_.]*)\$\{/gi)].map((match) => match[1] ?? '');
    const unused = Object.keys(table).filter(
      (key) => !code.includes(`'${key}'`) && !stems.some((stem) => key.startsWith(stem)),
    );
    expect(unused).toEqual([]);
  });

  it('stand in the locale file only: no Italian letters in code', () => {
    const literals = [...code.matchAll(/(['"`])((?:(?!\1).)*[àèéìòù](?:(?!\1).)*)\1/g)].map((match) => match[2]);
    expect(literals).toEqual([]);
  });
});
