/** What the views need from outside the state: a way to say what happened, and the live pictures. */
import type { Event } from '../model';

/** Given to every view. The two video elements live longer than the templates that show them. */
export interface Ports {
  readonly send: (event: Event) => void;
  readonly own: HTMLVideoElement;
  readonly other: HTMLVideoElement;
  /** A fresh id for a request that may be repeated. */
  readonly newId: () => string;
  /** Shows a PDF page; null while it is being opened. */
  readonly pdf: PdfView | null;
}

/** One page of a PDF drawn for the screen. */
export interface PdfView {
  readonly id: string;
  readonly canvas: HTMLCanvasElement | null;
  readonly page: number;
  readonly pages: number;
  readonly failed: boolean;
  readonly turn: (by: 1 | -1) => void;
}
