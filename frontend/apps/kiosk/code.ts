/** The pickup code: ten digits, read aloud and shown in groups of 3, 3 and 4. */

/** Digits of a pickup code. */
export const CODE_LENGTH = 10;
/** Digits of the one-time code that enrols a device. */
export const ENROLMENT_LENGTH = 8;

/** Keeps the digits of what was typed or pasted, at most `length`; spaces, dots and dashes are forgiven. */
export function digitsOf(typed: string, length: number = CODE_LENGTH): string {
  return typed.replace(/\D/g, '').slice(0, length);
}

/** The code as a voice should read it: digit by digit. */
export function spelled(code: string): string {
  return [...code].join(' ');
}

/**
 * The code inside a QR symbol: ours holds the ten digits alone, as typed or in groups. Anything else
 * (a link, a payment slip) is not a code, even if ten digits could be found in it.
 */
export function codeFromScan(content: string): string | null {
  const compact = content.trim().replace(/[\s.-]/g, '');
  return /^\d{10}$/.test(compact) ? compact : null;
}
