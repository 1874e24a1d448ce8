/**
 * Small decoders: every answer of the server is checked where it enters, so that a wrong field is one
 * clear error at the edge and never an `undefined` on a screen.
 */

/** A decoder turns an unknown value into a T or throws {@link DecodeError}. `path` says where it looked. */
export type Decoder<T> = (value: unknown, path: string) => T;

/** The type a decoder yields. */
export type Decoded<D> = D extends Decoder<infer T> ? T : never;

/** Says which field of an answer was not what the interface promises. */
export class DecodeError extends Error {
  constructor(
    readonly path: string,
    readonly expected: string,
  ) {
    super(`${path}: expected ${expected}`);
    this.name = 'DecodeError';
  }
}

/** A string. */
export const text: Decoder<string> = (value, path) => {
  if (typeof value !== 'string') throw new DecodeError(path, 'a string');
  return value;
};

/** A finite number. */
export const number: Decoder<number> = (value, path) => {
  if (typeof value !== 'number' || !Number.isFinite(value)) throw new DecodeError(path, 'a number');
  return value;
};

/** A boolean. */
export const flag: Decoder<boolean> = (value, path) => {
  if (typeof value !== 'boolean') throw new DecodeError(path, 'a boolean');
  return value;
};

/** An instant in RFC 3339, kept as text because only its rendering needs a Date. */
export const instant: Decoder<string> = (value, path) => {
  const s = text(value, path);
  if (Number.isNaN(Date.parse(s))) throw new DecodeError(path, 'an instant');
  return s;
};

/** One of a closed list of words. */
export function oneOf<const T extends readonly string[]>(...words: T): Decoder<T[number]> {
  return (value, path) => {
    const s = text(value, path);
    if (!words.includes(s)) throw new DecodeError(path, words.join(' | '));
    return s as T[number];
  };
}

/** A list; null and absent are the empty list, as Go writes a nil slice. */
export function list<T>(item: Decoder<T>): Decoder<readonly T[]> {
  return (value, path) => {
    if (value === null || value === undefined) return [];
    if (!Array.isArray(value)) throw new DecodeError(path, 'a list');
    return value.map((v, i) => item(v, `${path}[${i}]`));
  };
}

/** A value that may be null or absent. */
export function nullable<T>(inner: Decoder<T>): Decoder<T | null> {
  return (value, path) => (value === null || value === undefined ? null : inner(value, path));
}

/** A value with a fallback when it is null or absent. */
export function withDefault<T>(inner: Decoder<T>, fallback: T): Decoder<T> {
  return (value, path) => (value === null || value === undefined ? fallback : inner(value, path));
}

/** A plain object, unchecked inside. */
export const record: Decoder<Readonly<Record<string, unknown>>> = (value, path) => {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new DecodeError(path, 'an object');
  }
  return value as Record<string, unknown>;
};

/** An object with known fields; unknown ones are dropped, so that a newer server is no error. */
export function shape<F extends Record<string, Decoder<unknown>>>(
  fields: F,
): Decoder<{ readonly [K in keyof F]: Decoded<F[K]> }> {
  const names = Object.keys(fields);
  return (value, path) => {
    const from = record(value, path);
    const out: Record<string, unknown> = {};
    for (const name of names) {
      const decoder = fields[name];
      if (decoder !== undefined) out[name] = decoder(from[name], `${path}.${name}`);
    }
    return out as { readonly [K in keyof F]: Decoded<F[K]> };
  };
}
