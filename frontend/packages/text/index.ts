/** Words for screens: keys checked by the compiler, texts from the locale files. */

/** Values named in a text as `{{.name}}`. */
export type TextArgs = Readonly<Record<string, string | number>>;

/** Fills the named values into a text; an unknown name stays visible, so that a test finds it. */
export function fill(template: string, args: TextArgs = {}): string {
  return template.replace(/\{\{\.(\w+)\}\}/g, (whole, name: string) => {
    const value = args[name];
    return value === undefined ? whole : String(value);
  });
}

/** The languages citizens may choose; Italian is the source, and what is missing in another one is read in it. */
export const LANGUAGES = ['it', 'en', 'de', 'fr'] as const;
export type Language = (typeof LANGUAGES)[number];

/** Binds a locale file: the returned function only takes keys that exist in it. */
export function texts<T extends Readonly<Record<string, string>>>(
  table: T,
): (key: keyof T & string, args?: TextArgs) => string {
  return translated(table, () => undefined);
}

/** The same with the table of whichever language is spoken now, where there is one. */
export function translated<T extends Readonly<Record<string, string>>>(
  table: T,
  now: () => Readonly<Record<string, string>> | undefined,
): (key: keyof T & string, args?: TextArgs) => string {
  return (key, args) => fill(now()?.[key] ?? table[key] ?? key, args);
}

const ROME = 'Europe/Rome';
const REGIONS: Readonly<Record<Language, string>> = { it: 'it-IT', en: 'en-GB', de: 'de-DE', fr: 'fr-FR' };
let spoken: Language = 'it';

/** Has dates and times written, and the server answer, in a language from now on. */
export function speak(language: Language): void {
  spoken = language;
}

/** The language spoken now. */
export function language(): Language {
  return spoken;
}

/** "10:30" in Rome. */
export function timeOf(instant: string | number): string {
  return new Intl.DateTimeFormat(REGIONS[spoken], { timeZone: ROME, hour: '2-digit', minute: '2-digit' }).format(new Date(instant));
}

/** "martedì 5 maggio 2026" in Rome. */
export function dateOf(instant: string | number): string {
  return new Intl.DateTimeFormat(REGIONS[spoken], {
    timeZone: ROME,
    weekday: 'long',
    day: 'numeric',
    month: 'long',
    year: 'numeric',
  }).format(new Date(instant));
}

/** "2026-05-05" in Rome, for a request. */
export function isoDate(instant: number): string {
  return new Intl.DateTimeFormat('en-CA', { timeZone: ROME }).format(new Date(instant));
}

/** A difference between two clocks below this is the time a message took, in milliseconds. */
const SKEW_NOISE_MS = 3_000;

/** How far the server's clock is ahead of this machine's; the former answer is kept while it still fits. */
export function skewOf(former: number, server: string, now: number): number {
  const skew = Date.parse(server) - now;
  return Math.abs(skew - former) < SKEW_NOISE_MS ? former : skew;
}

/** "3:07" or "1:02:15", for a clock that counts. */
export function elapsed(milliseconds: number): string {
  const total = Math.max(0, Math.floor(milliseconds / 1000));
  const two = (n: number): string => String(n).padStart(2, '0');
  const hours = Math.floor(total / 3600);
  const minutes = Math.floor((total % 3600) / 60);
  return hours > 0 ? `${hours}:${two(minutes)}:${two(total % 60)}` : `${minutes}:${two(total % 60)}`;
}
