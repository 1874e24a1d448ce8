/** Draws a PDF of the operator as pictures, because a browser's own viewer offers printing, saving and links. */
import type { PDFDocumentLoadingTask, PDFDocumentProxy } from 'pdfjs-dist';
import workerUrl from 'pdfjs-dist/build/pdf.worker.min.mjs?worker&url';
import type { PdfView } from './views/ports';

/** Longest side of a drawn page, in pixels. */
const PAGE_PIXELS = 2000;

/** Shows one document at a time. */
export class Pdf {
  private id = '';
  private task: PDFDocumentLoadingTask | null = null;
  private document: PDFDocumentProxy | null = null;
  private canvas: HTMLCanvasElement | null = null;
  private page = 1;
  private failed = false;
  private worker: Worker | null = null;

  constructor(private readonly changed: () => void) {}

  /** What the screen shows now. */
  get view(): PdfView | null {
    if (this.id === '') return null;
    return {
      id: this.id,
      canvas: this.canvas,
      page: this.page,
      pages: this.document?.numPages ?? 0,
      failed: this.failed,
      turn: (by) => void this.draw(this.page + by),
    };
  }

  /** Opens a document; does nothing if it is already open. */
  async open(id: string, url: string): Promise<void> {
    if (this.id === id) return;
    this.close();
    this.id = id;
    try {
      const pdfjs = await import('pdfjs-dist');
      this.worker ??= new Worker(trusted(workerUrl), { type: 'module' });
      pdfjs.GlobalWorkerOptions.workerPort = this.worker;
      const task = pdfjs.getDocument({ url, enableXfa: false, useWasm: false });
      this.task = task;
      const document = await task.promise;
      if (this.task !== task) return;
      this.document = document;
      await this.draw(1);
    } catch {
      if (this.id === id) this.failed = true;
      this.changed();
    }
  }

  /** Closes it and forgets its pages. */
  close(): void {
    void this.task?.destroy().catch(() => undefined);
    this.worker?.terminate();
    this.worker = null;
    this.task = null;
    this.document = null;
    this.canvas = null;
    this.id = '';
    this.page = 1;
    this.failed = false;
  }

  private async draw(number: number): Promise<void> {
    const document = this.document;
    if (document === null || number < 1 || number > document.numPages) return;
    const page = await document.getPage(number);
    const natural = page.getViewport({ scale: 1 });
    const viewport = page.getViewport({ scale: PAGE_PIXELS / Math.max(natural.width, natural.height) });
    const canvas = globalThis.document.createElement('canvas');
    canvas.width = Math.round(viewport.width);
    canvas.height = Math.round(viewport.height);
    await page.render({ canvas, viewport }).promise;
    if (this.document !== document) return;
    this.canvas = canvas;
    this.page = number;
    this.changed();
  }
}

interface TrustedTypes {
  createPolicy(name: string, rules: { createScriptURL: (url: string) => string }): { createScriptURL(url: string): string };
}

/** Our own worker's address, in the form a page with `require-trusted-types-for` accepts. */
function trusted(url: string): string {
  const types = (globalThis as { trustedTypes?: TrustedTypes }).trustedTypes;
  policy ??= types?.createPolicy('sportello-pdf', { createScriptURL: (own) => own }) ?? { createScriptURL: (own) => own };
  return policy.createScriptURL(url);
}

let policy: { createScriptURL(url: string): string } | null = null;
