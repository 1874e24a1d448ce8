/** The pages of a paper: taken from the camera, kept in memory only, and gone when they are let go. */
import { type Corners, findSheet, type Pixels, scaled, straightened, WHOLE } from '../../packages/scan/index';
import type { Sheet } from './model';

/** Quality of the JPEG, from 0 to 1: print stays readable. */
const QUALITY = 0.85;

interface Kept {
  readonly photo: Blob;
  page: Blob;
  readonly urls: string[];
}

/** Holds what the camera saw and what became of it, page by page. */
export class Sheets {
  private readonly kept = new Map<string, Kept>();

  /** Takes the current image of a video, and the sheet in it where one is found. Throws without a picture. */
  async take(video: HTMLVideoElement, id: string): Promise<Sheet> {
    if (video.videoWidth === 0) throw new Error('no picture');
    const pixels = drawn(video, video.videoWidth, video.videoHeight);
    const found = findSheet(pixels);
    const corners = found ?? WHOLE;
    const photo = await jpegOf(pixels);
    const page = found === null ? photo : await jpegOf(straight(pixels, corners));
    const urls = [URL.createObjectURL(photo), URL.createObjectURL(page)];
    this.kept.set(id, { photo, page, urls });
    return { id, photo: urls[0]!, picture: urls[1]!, width: pixels.width, height: pixels.height, corners, found: found !== null };
  }

  /** Makes a page anew with other corners; gives its address. */
  async straighten(id: string, corners: Corners): Promise<string> {
    const of = this.kept.get(id);
    if (of === undefined) throw new Error('no such page');
    const bitmap = await createImageBitmap(of.photo);
    of.page = await jpegOf(straight(drawn(bitmap, bitmap.width, bitmap.height), corners));
    bitmap.close();
    const url = URL.createObjectURL(of.page);
    of.urls.push(url);
    return url;
  }

  /** The pages as they will be sent. */
  pages(ids: readonly string[]): readonly Blob[] {
    return ids.flatMap((id) => this.kept.get(id)?.page ?? []);
  }

  /** Lets every page go but these. */
  keepOnly(ids: readonly string[]): void {
    for (const [id, { urls }] of this.kept) {
      if (ids.includes(id)) continue;
      urls.forEach((url) => URL.revokeObjectURL(url));
      this.kept.delete(id);
    }
  }
}

function straight(pixels: Pixels, corners: Corners): Pixels {
  return straightened(pixels, scaled(corners, pixels.width, pixels.height));
}

function canvasOf(width: number, height: number): [HTMLCanvasElement, CanvasRenderingContext2D] {
  const canvas = document.createElement('canvas');
  [canvas.width, canvas.height] = [width, height];
  const context = canvas.getContext('2d', { willReadFrequently: true });
  if (context === null) throw new Error('no picture');
  return [canvas, context];
}

function drawn(from: CanvasImageSource, width: number, height: number): Pixels {
  const [canvas, context] = canvasOf(width, height);
  context.drawImage(from, 0, 0);
  const pixels = context.getImageData(0, 0, width, height);
  canvas.width = 0;
  return pixels;
}

async function jpegOf({ width, height, data }: Pixels): Promise<Blob> {
  const [canvas, context] = canvasOf(width, height);
  context.putImageData(new ImageData(new Uint8ClampedArray(data), width, height), 0, 0);
  const blob = await new Promise<Blob>((resolve, reject) => {
    canvas.toBlob((made) => (made ? resolve(made) : reject(new Error('no picture'))), 'image/jpeg', QUALITY);
  });
  canvas.width = 0;
  return blob;
}
