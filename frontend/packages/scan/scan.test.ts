import { describe, expect, it } from 'vitest';
import { findSheet } from './detect';
import { area, type Corners, type Pixels, type Point, projection, scaled, sizeOf, sound, straightened, turned, WHOLE } from './geometry';

/** Noise that is the same each time. */
function noise(seed: number): () => number {
  let s = seed;
  return () => (s = (s * 1664525 + 1013904223) % 4294967296) / 4294967296 - 0.5;
}

const inside = (corners: Corners, p: Point): boolean =>
  corners.every((a, i) => {
    const b = corners[(i + 1) % 4]!;
    return (b.x - a.x) * (p.y - a.y) - (b.y - a.y) * (p.x - a.x) >= 0;
  });

/** A sheet with lines of print on a table, as a camera sees them. */
function photo(corners: Corners | null, look: { table?: number; sheet?: number; grain?: number; width?: number; height?: number; over?: (x: number, y: number) => number | null } = {}): Pixels {
  const { table = 60, sheet = 225, grain = 24, width = 960, height = 540, over = () => null } = look;
  const rand = noise(7);
  const data = new Uint8ClampedArray(width * height * 4);
  const at = corners === null ? null : projection(corners);
  for (let i = 0; i < width * height; i++) {
    const x = i % width;
    const y = (i - x) / width;
    let v = table + 20 * (x / width);
    if (corners !== null && inside(corners, { x, y })) v = sheet - 25 * (y / height);
    v = over(x, y) ?? v;
    v += grain * rand();
    data.set([v, v, v, 255], 4 * i);
  }
  // Lines of print, drawn in the sheet's own measure.
  if (at !== null) {
    for (let line = 0.1; line < 0.9; line += 0.05) {
      for (let u = 0.1; u < 0.85; u += 0.0008) {
        if (Math.floor(u * 60) % 5 === 0) continue;
        for (const v of [line, line + 0.004, line + 0.008]) {
          const p = at(u, v);
          data.set([40, 40, 40, 255], 4 * (Math.round(p.y) * width + Math.round(p.x)));
        }
      }
    }
  }
  return { width, height, data };
}

/** The largest distance of a found corner from the true one, in parts of the picture's longer side. */
function miss(found: Corners | null, truth: Corners, width = 960, height = 540): number {
  if (found === null) return Infinity;
  const pixels = scaled(found, width, height);
  return Math.max(...truth.map((p, i) => Math.hypot(p.x - pixels[i]!.x, p.y - pixels[i]!.y))) / Math.max(width, height);
}

const rotated = (degrees: number, w: number, h: number): Corners => {
  const [c, s] = [Math.cos((degrees * Math.PI) / 180), Math.sin((degrees * Math.PI) / 180)];
  const of = (x: number, y: number): Point => ({ x: 480 + c * x - s * y, y: 270 + s * x + c * y });
  return [of(-w / 2, -h / 2), of(w / 2, -h / 2), of(w / 2, h / 2), of(-w / 2, h / 2)];
};

describe('a sheet', () => {
  it.each([-35, -20, -5, 0, 3, 12, 25, 40])('is found turned by %d degrees', (degrees) => {
    const truth = rotated(degrees, 270, 382);
    expect(miss(findSheet(photo(truth)), truth)).toBeLessThan(0.012);
  });

  const skewed: Corners = [{ x: 330, y: 70 }, { x: 640, y: 100 }, { x: 720, y: 500 }, { x: 250, y: 470 }];

  it('is found at a slant, and in poor light', () => {
    expect(miss(findSheet(photo(skewed)), skewed)).toBeLessThan(0.012);
    expect(miss(findSheet(photo(skewed, { table: 40, sheet: 110, grain: 40 })), skewed)).toBeLessThan(0.015);
    expect(miss(findSheet(photo(skewed, { table: 150, sheet: 235 })), skewed)).toBeLessThan(0.012);
  });

  it('is found when it is the dark one', () => {
    expect(miss(findSheet(photo(skewed, { table: 215, sheet: 90 })), skewed)).toBeLessThan(0.012);
  });

  it('is found with a thumb on its edge and a lamp in the picture', () => {
    const over = (x: number, y: number): number | null =>
      Math.hypot(x - 270, y - 330) < 34 ? 105 : Math.hypot(x - 880, y - 60) < 40 ? 250 : null;
    expect(miss(findSheet(photo(skewed, { over })), skewed)).toBeLessThan(0.02);
  });

  it('is found in a picture that stands', () => {
    const truth: Corners = [{ x: 80, y: 180 }, { x: 470, y: 150 }, { x: 500, y: 760 }, { x: 60, y: 720 }];
    expect(miss(findSheet(photo(truth, { width: 540, height: 960 })), truth, 540, 960)).toBeLessThan(0.012);
  });
});

describe('no sheet', () => {
  it('is found on an empty table, dark, bright or noisy', () => {
    for (const [table, grain] of [[60, 24], [10, 4], [240, 10], [128, 200], [255, 0]] as const) {
      expect(findSheet(photo(null, { table, grain })), `${table} ${grain}`).toBeNull();
    }
  });

  it('is found in a wall, a window, a disc or something small', () => {
    expect(findSheet(photo(null, { over: (x) => (x > 480 ? 220 : null) }))).toBeNull();
    expect(findSheet(photo(null, { over: (x, y) => (x > 500 && y < 300 ? 220 : null) }))).toBeNull();
    expect(findSheet(photo(null, { over: (x, y) => (Math.hypot(x - 480, y - 270) < 200 ? 220 : null) }))).toBeNull();
    expect(findSheet(photo(rotated(5, 100, 140)))).toBeNull();
  });

  it('is found in a picture of one pixel', () => {
    expect(findSheet({ width: 1, height: 1, data: new Uint8ClampedArray([1, 2, 3, 255]) })).toBeNull();
  });
});

describe('straightening', () => {
  const skewed: Corners = [{ x: 330, y: 70 }, { x: 640, y: 100 }, { x: 720, y: 500 }, { x: 250, y: 470 }];

  it('takes the corners of the sheet to the corners of the picture, and lines to lines', () => {
    const at = projection(skewed);
    for (const [i, [u, v]] of [[0, 0], [1, 0], [1, 1], [0, 1]].entries()) {
      const p = at(u!, v!);
      expect(p.x).toBeCloseTo(skewed[i]!.x, 6);
      expect(p.y).toBeCloseTo(skewed[i]!.y, 6);
    }
    const [a, b, c] = [at(0.1, 0.3), at(0.5, 0.5), at(0.9, 0.7)];
    expect(Math.abs(area([a, b, c]))).toBeLessThan(1e-6);
  });

  it('puts what was drawn on the sheet where it belongs', () => {
    // Four squares of four greys, seen at a slant.
    const plain = photo(null, { grain: 0 });
    const at = projection(skewed);
    for (let u = 0; u < 1; u += 0.001) {
      for (let v = 0; v < 1; v += 0.001) {
        const p = at(u, v);
        const grey = u < 0.5 ? (v < 0.5 ? 100 : 140) : v < 0.5 ? 180 : 220;
        plain.data.set([grey, grey, grey, 255], 4 * (Math.round(p.y) * plain.width + Math.round(p.x)));
      }
    }
    const flat = straightened(plain, skewed);
    const grey = (u: number, v: number): number => flat.data[4 * (Math.floor(v * flat.height) * flat.width + Math.floor(u * flat.width))]!;
    for (const [u, v, want] of [[0.25, 0.25, 100], [0.45, 0.45, 100], [0.25, 0.75, 140], [0.75, 0.25, 180], [0.55, 0.55, 220], [0.95, 0.95, 220]] as const) {
      expect(grey(u, v), `${u} ${v}`).toBe(want);
    }
    expect(flat.data[3]).toBe(255);
  });

  it('leaves the whole picture as it is', () => {
    const picture = photo(null, { width: 64, height: 36 });
    const same = straightened(picture, scaled(WHOLE, 64, 36));
    expect([same.width, same.height]).toEqual([64, 36]);
    expect(same.data).toEqual(picture.data);
  });

  it('turns by a quarter, and after four is where it was', () => {
    const picture: Pixels = { width: 2, height: 1, data: new Uint8ClampedArray([10, 10, 10, 255, 90, 90, 90, 255]) };
    const once = straightened(picture, scaled(turned(WHOLE), 2, 1));
    expect([once.width, once.height]).toEqual([1, 2]);
    expect([once.data[0], once.data[4]]).toEqual([10, 90]);
    expect(turned(turned(turned(turned(WHOLE))))).toEqual(WHOLE);
  });

  it('makes A4 of what is nearly A4, keeps a card a card, and bounds the size', () => {
    const box = (w: number, h: number): Corners => scaled(WHOLE, w, h);
    expect(sizeOf(box(500, 760))).toEqual({ width: 537, height: 760 });
    expect(sizeOf(box(760, 500))).toEqual({ width: 760, height: 537 });
    expect(sizeOf(box(850, 520))).toEqual({ width: 850, height: 520 });
    expect(Math.max(...Object.values(sizeOf(box(9000, 6000))))).toBe(1754);
  });

  it('knows what cannot be a sheet', () => {
    expect(sound(skewed)).toBe(true);
    const [a, b, c, d] = skewed;
    expect(sound([a, c, b, d])).toBe(false);
    expect(sound([d, c, b, a])).toBe(false);
    expect(sound([a, b, { x: 400, y: 90 }, d])).toBe(false);
    expect(sound([a, a, c, d])).toBe(false);
  });
});
