/** Finds a sheet on a table or in a hand: the largest patch of one brightness whose outline has four sides. Pure. */
import { area, type Corners, type Pixels, type Point, sound } from './geometry';

/** Longer side of the picture in which a sheet is looked for. */
const LOOK = 320;
/** A sheet covers at least this part of the picture. */
const LEAST = 0.12;
/** How much brighter or darker than what is around it, of 255. */
const CONTRAST = 22;

interface Gray {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
}

/** The corners of the sheet in a picture whose sides count as 1; null where none is found. */
export function findSheet(picture: Pixels): Corners | null {
  const gray = small(picture);
  const middle = otsu(gray);
  let best: { readonly corners: Corners; readonly score: number } | null = null;
  for (const off of [0, -30, 30, -60, 60]) {
    for (const bright of [true, false]) {
      const found = candidate(gray, middle + off, bright);
      if (found !== null && (best === null || found.score > best.score)) best = found;
    }
  }
  if (best === null) return null;
  const { width, height } = gray;
  const clamp = (v: number): number => Math.min(Math.max(v, 0), 1);
  const part = ({ x, y }: Point): Point => ({ x: clamp(x / width), y: clamp(y / height) });
  const [a, b, c, d] = best.corners;
  return [part(a), part(b), part(c), part(d)];
}

/** The picture in grey, small: each pixel is the mean of those it stands for, which also calms noise and print. */
function small({ width: w, height: h, data }: Pixels): Gray {
  const scale = Math.min(1, LOOK / Math.max(w, h));
  const width = Math.max(1, Math.round(w * scale));
  const height = Math.max(1, Math.round(h * scale));
  const sum = new Float64Array(width * height);
  const n = new Uint32Array(width * height);
  for (let y = 0; y < h; y++) {
    const row = Math.min(height - 1, Math.floor(y * scale)) * width;
    for (let x = 0; x < w; x++) {
      const to = row + Math.min(width - 1, Math.floor(x * scale));
      const i = 4 * (y * w + x);
      sum[to] = sum[to]! + 0.299 * data[i]! + 0.587 * data[i + 1]! + 0.114 * data[i + 2]!;
      n[to] = n[to]! + 1;
    }
  }
  return { width, height, data: Uint8Array.from(sum, (s, i) => Math.round(s / Math.max(1, n[i]!))) };
}

/** The brightness that parts the picture best in two (Otsu 1979). */
function otsu({ data }: Gray): number {
  const histogram = new Uint32Array(256);
  for (const v of data) histogram[v] = histogram[v]! + 1;
  const total = histogram.reduce((s, n, v) => s + n * v, 0);
  let [below, sum, best, found] = [0, 0, -1, 128];
  for (let v = 0; v < 256; v++) {
    below += histogram[v]!;
    sum += v * histogram[v]!;
    const above = data.length - below;
    if (below === 0 || above === 0) continue;
    const apart = below * above * (sum / below - (total - sum) / above) ** 2;
    if (apart > best) [best, found] = [apart, v];
  }
  return found;
}

/** The sheet at one threshold, with how well it fills its outline. */
function candidate(gray: Gray, threshold: number, bright: boolean): { readonly corners: Corners; readonly score: number } | null {
  const { width, height } = gray;
  const mask = Uint8Array.from(gray.data, (v) => Number(v > threshold === bright));
  const patch = largest(eroded(mask, width, height), width, height);
  const all = width * height;
  if (patch === null || patch.size < (LEAST / 2) * all) return null;
  const hull = outline(patch.rows);
  const corners = fourSides(hull);
  if (corners === null || !sound(corners)) return null;
  const [size, round] = [area(corners), area(hull)];
  if (size < LEAST * all || framed(corners, width, height)) return null;
  const [fill, shape] = [filled(patch.rows) / round, round / size];
  if (fill < 0.85 || shape < 0.88 || Math.abs(contrast(gray, corners)) < CONTRAST) return null;
  return { corners, score: fill * shape ** 3 * (size / all) ** 0.1 };
}

/** Takes one pixel off every edge, so that what only touches is not one. */
function eroded(mask: Uint8Array, width: number, height: number): Uint8Array {
  return mask.map((on, i) => {
    const x = i % width;
    const y = (i - x) / width;
    return on === 1 && (x === 0 || mask[i - 1] === 1) && (x === width - 1 || mask[i + 1] === 1) && (y === 0 || mask[i - width] === 1) && (y === height - 1 || mask[i + width] === 1) ? 1 : 0;
  });
}

interface Patch {
  readonly size: number;
  /** Leftmost and rightmost pixel of each row. */
  readonly rows: readonly { readonly y: number; readonly from: number; readonly to: number }[];
}

/** The largest connected patch. */
function largest(mask: Uint8Array, width: number, height: number): Patch | null {
  const seen = new Uint8Array(mask.length);
  let best: Patch | null = null;
  const stack: number[] = [];
  for (let start = 0; start < mask.length; start++) {
    if (mask[start] === 0 || seen[start] === 1) continue;
    const from = new Int32Array(height).fill(width);
    const to = new Int32Array(height).fill(-1);
    let size = 0;
    stack.push(start);
    seen[start] = 1;
    for (let i = stack.pop(); i !== undefined; i = stack.pop()) {
      const x = i % width;
      const y = (i - x) / width;
      size++;
      from[y] = Math.min(from[y]!, x);
      to[y] = Math.max(to[y]!, x);
      for (const [next, there] of [[i - 1, x > 0], [i + 1, x < width - 1], [i - width, y > 0], [i + width, y < height - 1]] as const) {
        if (!there || mask[next] === 0 || seen[next] === 1) continue;
        seen[next] = 1;
        stack.push(next);
      }
    }
    if (best !== null && size <= best.size) continue;
    const rows = [...to.keys()].filter((y) => to[y]! >= 0).map((y) => ({ y, from: from[y]!, to: to[y]! }));
    best = { size, rows };
  }
  return best;
}

/** Pixels from edge to edge of a patch: print within a sheet is part of it. */
const filled = (rows: Patch['rows']): number => rows.reduce((sum, { from, to }) => sum + to - from + 3, 0);

/** The convex outline of a patch, clockwise: the pixel that was taken off its edges, less what would show of the table (Andrew's monotone chain). */
function outline(rows: Patch['rows']): Point[] {
  const points = rows.flatMap(({ y, from, to }) => [from - 0.3, to + 1.3].flatMap((x) => [{ x, y: y - 0.3 }, { x, y: y + 1.3 }]));
  points.sort((p, q) => p.x - q.x || p.y - q.y);
  const half = (from: readonly Point[]): Point[] => {
    const chain: Point[] = [];
    for (const p of from) {
      for (let [a, b] = chain.slice(-2); b !== undefined && a !== undefined; [a, b] = chain.slice(-2)) {
        if ((b.x - a.x) * (p.y - a.y) - (b.y - a.y) * (p.x - a.x) > 0) break;
        chain.pop();
      }
      chain.push(p);
    }
    return chain.slice(0, -1);
  };
  return [...half(points), ...half(points.toReversed())];
}

/** Drops the outline's least side again and again, lengthening its neighbours until they meet, down to four sides. */
function fourSides(hull: readonly Point[]): Corners | null {
  let points = [...hull];
  while (points.length > 4) {
    const n = points.length;
    let least: { readonly i: number; readonly meet: Point; readonly cost: number } | null = null;
    for (let i = 0; i < n; i++) {
      const [before, a, b, after] = [points[(i + n - 1) % n]!, points[i]!, points[(i + 1) % n]!, points[(i + 2) % n]!];
      const meet = meeting(before, a, after, b);
      if (meet === null) continue;
      const cost = Math.abs(area([a, meet, b]));
      if (least === null || cost < least.cost) least = { i, meet, cost };
    }
    if (least === null) return null;
    const { i, meet } = least;
    const gone = (i + 1) % n;
    points = points.map((p, at) => (at === i ? meet : p)).filter((_, at) => at !== gone);
  }
  if (points.length < 4) return null;
  const first = points.reduce((best, p, i) => (p.x + p.y < points[best]!.x + points[best]!.y ? i : best), 0);
  const at = (i: number): Point => points[(first + i) % 4]!;
  return [at(0), at(1), at(2), at(3)];
}

/** Where the line from p over q meets the line from r over s, beyond q and s; null where they do not. */
function meeting(p: Point, q: Point, r: Point, s: Point): Point | null {
  const [ax, ay, bx, by] = [q.x - p.x, q.y - p.y, s.x - r.x, s.y - r.y];
  const den = ax * by - ay * bx;
  if (Math.abs(den) < 1e-9) return null;
  const t = ((r.x - p.x) * by - (r.y - p.y) * bx) / den;
  const u = ((r.x - p.x) * ay - (r.y - p.y) * ax) / den;
  return t < 1 || u < 1 ? null : { x: p.x + t * ax, y: p.y + t * ay };
}

/** Whether two sides or more lie along the picture's own: a wall or a window, not a sheet. */
function framed(corners: Corners, width: number, height: number): boolean {
  const near = 0.015 * Math.max(width, height) + 2;
  const sides: ((p: Point) => boolean)[] = [(p) => p.x < near, (p) => p.y < near, (p) => p.x > width - near, (p) => p.y > height - near];
  const along = corners.filter((p, i) => sides.some((on) => on(p) && on(corners[(i + 1) % 4]!)));
  return along.length > 1;
}

/** How much brighter the sheet is within its edges than just outside them. */
function contrast({ width, height, data }: Gray, corners: Corners): number {
  const centre = { x: corners.reduce((s, p) => s + p.x, 0) / 4, y: corners.reduce((s, p) => s + p.y, 0) / 4 };
  const at = (p: Point, share: number): number | null => {
    const x = Math.round(centre.x + (p.x - centre.x) * share);
    const y = Math.round(centre.y + (p.y - centre.y) * share);
    return x < 0 || y < 0 || x >= width || y >= height ? null : data[y * width + x]!;
  };
  let [sum, n] = [0, 0];
  corners.forEach((p, i) => {
    const q = corners[(i + 1) % 4]!;
    for (let step = 1; step < 20; step++) {
      const on = { x: p.x + ((q.x - p.x) * step) / 20, y: p.y + ((q.y - p.y) * step) / 20 };
      const [inside, outside] = [at(on, 0.93), at(on, 1.07)];
      if (inside === null || outside === null) continue;
      sum += inside - outside;
      n++;
    }
  });
  return n === 0 ? 0 : sum / n;
}
