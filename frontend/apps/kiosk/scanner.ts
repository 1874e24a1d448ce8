/** Reads QR symbols from a running video, by the browser's own detector where it has one. */

/** Time between two looks, in milliseconds. */
const LOOK_MS = 160;
/** Width the picture is reduced to before it is searched, in pixels. */
const SEARCH_WIDTH = 720;

interface Detector {
  detect(image: ImageBitmapSource): Promise<readonly { readonly rawValue: string }[]>;
}

interface DetectorClass {
  new (options: { formats: string[] }): Detector;
  getSupportedFormats(): Promise<readonly string[]>;
}

/** Looks until stopped, and tells every symbol it reads. */
export class Scanner {
  private running = false;

  constructor(private readonly found: (content: string) => void) {}

  /** Starts looking at the video. */
  start(video: HTMLVideoElement): void {
    if (this.running) return;
    this.running = true;
    void this.look(video);
  }

  /** Stops looking. */
  stop(): void {
    this.running = false;
  }

  private async look(video: HTMLVideoElement): Promise<void> {
    const read = await reader();
    while (this.running) {
      if (video.videoWidth > 0) {
        const content = await read(video).catch(() => null);
        if (content !== null && this.running) this.found(content);
      }
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    }
  }
}

type Reader = (video: HTMLVideoElement) => Promise<string | null>;

async function reader(): Promise<Reader> {
  const native = (globalThis as { BarcodeDetector?: DetectorClass }).BarcodeDetector;
  const formats = await native?.getSupportedFormats().catch((): string[] => []);
  if (native !== undefined && formats?.includes('qr_code')) {
    const detector = new native({ formats: ['qr_code'] });
    return async (video) => (await detector.detect(video))[0]?.rawValue ?? null;
  }
  const { decodeQR } = await import('qr/decode.js');
  const canvas = document.createElement('canvas');
  return (video) => {
    canvas.width = SEARCH_WIDTH;
    canvas.height = Math.round((SEARCH_WIDTH * video.videoHeight) / video.videoWidth);
    const context = canvas.getContext('2d', { willReadFrequently: true });
    if (context === null) return Promise.resolve(null);
    context.drawImage(video, 0, 0, canvas.width, canvas.height);
    try {
      const { width, height, data } = context.getImageData(0, 0, canvas.width, canvas.height);
      return Promise.resolve(decodeQR({ width, height, data }) || null);
    } catch {
      return Promise.resolve(null); // no symbol in this picture
    } finally {
      canvas.width = 0; // the picture does not stay in memory
    }
  };
}
