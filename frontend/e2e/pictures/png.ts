// Makes a screenshot small: at most 256 colours, best compression. Reads what Chromium writes: 8 bits, RGB or RGBA.
import { crc32, deflateSync, inflateSync } from 'node:zlib'

interface Picture { width: number; height: number; rgb: Uint8Array }

function read(file: Buffer): Picture {
  const width = file.readUInt32BE(16)
  const height = file.readUInt32BE(20)
  const channels = { 2: 3, 6: 4 }[file[25]!]
  if (file[24] !== 8 || !channels || file[28] !== 0) throw new Error('not a picture of Chromium')
  const parts: Buffer[] = []
  for (let at = 8; at < file.length; ) {
    const length = file.readUInt32BE(at)
    if (file.toString('latin1', at + 4, at + 8) === 'IDAT') parts.push(file.subarray(at + 8, at + 8 + length))
    at += 12 + length
  }
  const raw = inflateSync(Buffer.concat(parts))
  const row = width * channels
  let above = new Uint8Array(row)
  const rgb = new Uint8Array(width * height * 3)
  for (let y = 0; y < height; y++) {
    const filter = raw[y * (row + 1)]
    const line = Uint8Array.from(raw.subarray(y * (row + 1) + 1, (y + 1) * (row + 1)))
    for (let i = 0; i < row; i++) {
      const a = i >= channels ? line[i - channels]! : 0
      const b = above[i]!
      const c = i >= channels ? above[i - channels]! : 0
      line[i]! += filter === 1 ? a : filter === 2 ? b : filter === 3 ? (a + b) >> 1 : filter === 4 ? paeth(a, b, c) : 0
    }
    for (let x = 0; x < width; x++) for (let k = 0; k < 3; k++) rgb[(y * width + x) * 3 + k] = line[x * channels + k]!
    above = line
  }
  return { width, height, rgb }
}

function paeth(a: number, b: number, c: number): number {
  const [pa, pb, pc] = [Math.abs(b - c), Math.abs(a - c), Math.abs(a + b - 2 * c)]
  return pa <= pb && pa <= pc ? a : pb <= pc ? b : c
}

type Box = { colour: [number, number, number]; count: number }[]

/** Median cut over the colours that occur. */
function palette(counts: Map<number, number>): [number, number, number][] {
  const all: Box = [...counts].map(([c, count]) => ({ colour: [c >> 16, (c >> 8) & 255, c & 255], count }))
  const boxes = [all]
  const spread = (box: Box): [number, number] => {
    let best: [number, number] = [0, 0]
    for (let k = 0; k < 3; k++) {
      let low = 255, high = 0
      for (const { colour } of box) { low = Math.min(low, colour[k]!); high = Math.max(high, colour[k]!) }
      if (high - low > best[1]) best = [k, high - low]
    }
    return best
  }
  const worth = (box: Box) => spread(box)[1] * Math.sqrt(box.reduce((n, c) => n + c.count, 0))
  const worths = [worth(all)]
  while (boxes.length < 256) {
    const at = worths.indexOf(Math.max(...worths))
    if (worths[at] === 0) break
    const box = boxes[at]!
    const [k] = spread(box)
    box.sort((x, y) => x.colour[k]! - y.colour[k]!)
    const half = box.reduce((n, c) => n + c.count, 0) / 2
    let cut = 0
    for (let n = 0; cut < box.length - 1 && n < half; cut++) n += box[cut]!.count
    const parts = [box.slice(0, Math.max(1, cut)), box.slice(Math.max(1, cut))]
    boxes.splice(at, 1, ...parts)
    worths.splice(at, 1, ...parts.map(worth))
  }
  return boxes.map((box) => {
    const commonest = box.reduce((x, y) => (y.count > x.count ? y : x))
    return commonest.colour
  })
}

/** The picture with few colours, as PNG. */
export function shrink(file: Buffer): Buffer {
  const { width, height, rgb } = read(file)
  const counts = new Map<number, number>()
  for (let i = 0; i < rgb.length; i += 3) {
    const c = (rgb[i]! << 16) | (rgb[i + 1]! << 8) | rgb[i + 2]!
    counts.set(c, (counts.get(c) ?? 0) + 1)
  }
  const colours = palette(counts)
  const nearest = new Map<number, number>()
  for (const c of counts.keys()) {
    let best = 0, least = Infinity
    colours.forEach(([r, g, b], n) => {
      const d = (r - (c >> 16)) ** 2 + (g - ((c >> 8) & 255)) ** 2 + (b - (c & 255)) ** 2
      if (d < least) [best, least] = [n, d]
    })
    nearest.set(c, best)
  }
  const out = Buffer.alloc((width + 1) * height)
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const i = (y * width + x) * 3
      out[y * (width + 1) + 1 + x] = nearest.get((rgb[i]! << 16) | (rgb[i + 1]! << 8) | rgb[i + 2]!)!
    }
  }
  const head = Buffer.alloc(13)
  head.writeUInt32BE(width, 0)
  head.writeUInt32BE(height, 4)
  head.set([8, 3, 0, 0, 0], 8)
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10]),
    chunk('IHDR', head), chunk('PLTE', Buffer.from(colours.flat())), chunk('IDAT', deflateSync(out, { level: 9 })), chunk('IEND', Buffer.alloc(0)),
  ])
}

function chunk(name: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(name, 'latin1'), data])
  const all = Buffer.alloc(body.length + 8)
  all.writeUInt32BE(data.length, 0)
  body.copy(all, 4)
  all.writeUInt32BE(crc32(body), body.length + 4)
  return all
}
