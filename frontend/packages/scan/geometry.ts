/** A sheet seen at a slant: its four corners, and the way from the straight sheet back to the picture. Pure. */

/** A place in a picture. */
export interface Point {
  readonly x: number;
  readonly y: number;
}

/** Four corners, from the one that shall be top left, clockwise. */
export type Corners = readonly [Point, Point, Point, Point];

/** The whole of a picture whose sides count as 1. */
export const WHOLE: Corners = [{ x: 0, y: 0 }, { x: 1, y: 0 }, { x: 1, y: 1 }, { x: 0, y: 1 }];

/** Longer side of a straightened page, in pixels: A4 at 150 dots per inch. */
export const LONG = 1754;
/** How much longer a sheet of A4 is than wide. */
const A4 = Math.SQRT2;

/** The same corners for a picture of another size. */
export function scaled(corners: Corners, width: number, height: number): Corners {
  const to = ({ x, y }: Point): Point => ({ x: x * width, y: y * height });
  return [to(corners[0]), to(corners[1]), to(corners[2]), to(corners[3])];
}

/** The sheet turned by a quarter, clockwise: what was bottom left becomes top left. */
export function turned([a, b, c, d]: Corners): Corners {
  return [d, a, b, c];
}

/** Area within the corners; negative where they go the other way round. */
export function area(of: readonly Point[]): number {
  let twice = 0;
  of.forEach((p, i) => {
    const q = of[(i + 1) % of.length]!;
    twice += p.x * q.y - q.x * p.y;
  });
  return twice / 2;
}

const distance = (p: Point, q: Point): number => Math.hypot(p.x - q.x, p.y - q.y);

/** Whether the corners are those of a sheet: convex, clockwise, not a sliver. */
export function sound(corners: Corners): boolean {
  return corners.every((p, i) => {
    const q = corners[(i + 1) % 4]!;
    const r = corners[(i + 2) % 4]!;
    const cross = (q.x - p.x) * (r.y - q.y) - (q.y - p.y) * (r.x - q.x);
    return cross > 0.05 * distance(p, q) * distance(q, r);
  });
}

/** How large the straight sheet becomes. What is nearly A4 becomes A4; nothing becomes larger than it was pictured. */
export function sizeOf([a, b, c, d]: Corners): { readonly width: number; readonly height: number } {
  let width = Math.max(distance(a, b), distance(d, c));
  let height = Math.max(distance(a, d), distance(b, c));
  const lies = width > height;
  const ratio = lies ? width / height : height / width;
  if (Math.abs(ratio / A4 - 1) < 0.15) {
    if (lies) height = width / A4;
    else width = height / A4;
  }
  const scale = Math.min(1, LONG / Math.max(width, height));
  return { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) };
}

/** Takes the place (u, v) of the straight sheet, whose sides count as 1, to where the picture shows it. */
export function projection([p0, p1, p2, p3]: Corners): (u: number, v: number) => Point {
  const sx = p0.x - p1.x + p2.x - p3.x;
  const sy = p0.y - p1.y + p2.y - p3.y;
  const ax = p1.x - p2.x;
  const ay = p1.y - p2.y;
  const bx = p3.x - p2.x;
  const by = p3.y - p2.y;
  const den = ax * by - bx * ay;
  const g = (sx * by - bx * sy) / den;
  const h = (ax * sy - sx * ay) / den;
  return (u, v) => {
    const w = g * u + h * v + 1;
    return {
      x: ((p1.x - p0.x + g * p1.x) * u + (p3.x - p0.x + h * p3.x) * v + p0.x) / w,
      y: ((p1.y - p0.y + g * p1.y) * u + (p3.y - p0.y + h * p3.y) * v + p0.y) / w,
    };
  };
}

/** A picture of red, green, blue and opacity, as a canvas gives it. */
export interface Pixels {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8ClampedArray;
}

/** The sheet within the corners, straight. Each pixel is a mean of the four around the place it comes from. */
export function straightened(from: Pixels, corners: Corners): Pixels & { readonly data: Uint8ClampedArray<ArrayBuffer> } {
  const { width, height } = sizeOf(corners);
  const data = new Uint8ClampedArray(width * height * 4);
  const at = projection(corners);
  const { width: w, height: h, data: source } = from;
  let out = 0;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const p = at((x + 0.5) / width, (y + 0.5) / height);
      const px = Math.min(Math.max(p.x - 0.5, 0), w - 1);
      const py = Math.min(Math.max(p.y - 0.5, 0), h - 1);
      const x0 = Math.floor(px);
      const y0 = Math.floor(py);
      const fx = px - x0;
      const fy = py - y0;
      const right = x0 + 1 < w ? 4 : 0;
      const down = y0 + 1 < h ? 4 * w : 0;
      const i = 4 * (y0 * w + x0);
      for (let c = 0; c < 3; c++) {
        const top = source[i + c]! * (1 - fx) + source[i + right + c]! * fx;
        const bottom = source[i + down + c]! * (1 - fx) + source[i + down + right + c]! * fx;
        data[out + c] = top * (1 - fy) + bottom * fy;
      }
      data[out + 3] = 255;
      out += 4;
    }
  }
  return { width, height, data };
}
