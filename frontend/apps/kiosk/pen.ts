/** The field in which a citizen signs; it lives longer than the template that shows it, and keeps nothing. */
import SignaturePad from 'signature_pad';
import type { SignStep } from './model';

/** One pad, as large as its place, in the colours of paper and ink whatever the look. */
export class Pen {
  readonly canvas = document.createElement('canvas');
  private readonly pad = new SignaturePad(this.canvas, { penColor: '#0b1f33', backgroundColor: '#fff', minWidth: 1.2, maxWidth: 4 });

  constructor(changed: (drawn: boolean) => void) {
    this.canvas.className = 'pad';
    this.pad.addEventListener('endStroke', () => changed(!this.pad.isEmpty()));
    new ResizeObserver(() => this.resize()).observe(this.canvas);
  }

  /** A signature lives while it is drawn or sent. */
  follow(step: SignStep): void {
    if (step !== 'draw' && step !== 'sending') this.clear();
  }

  /** Wipes the field. */
  clear(): void {
    if (!this.pad.isEmpty()) this.pad.clear();
  }

  /** The signature as a picture. */
  picture(): Promise<Blob> {
    return new Promise((resolve, reject) => {
      this.canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error('no picture'))), 'image/png');
    });
  }

  /** A canvas that changes its size forgets: what was drawn is drawn again. */
  private resize(): void {
    const { clientWidth: width, clientHeight: height } = this.canvas;
    if (width === 0 || height === 0) return;
    const ratio = Math.max(1, devicePixelRatio);
    const strokes = this.pad.toData();
    [this.canvas.width, this.canvas.height] = [width * ratio, height * ratio];
    this.canvas.getContext('2d')?.scale(ratio, ratio);
    this.pad.clear();
    this.pad.fromData(strokes);
  }
}
