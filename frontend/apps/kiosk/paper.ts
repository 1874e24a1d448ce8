/** The part of the machine that captures a paper, page by page. Pure. */
import type { KioskSession } from '../../packages/api/types';
import { type Corners, scaled, sound, turned, WHOLE } from '../../packages/scan/geometry';
import { NO_PAPER, only, type Step } from './core';
import type { Event, Model, PaperState, Sheet } from './model';

/** Pages of one paper; documents.MaxCaptured. */
export const MAX_PAGES = 12;
/** How long "we have it" stays after a paper was sent. */
export const PAPER_SENT_MS = 2_500;

const withPaper = (model: Model, more: Partial<PaperState>): Model => ({ ...model, paper: { ...model.paper, ...more } });

/** The page being looked at. */
export const pageOf = ({ paper }: Model): Sheet | undefined => paper.pages[paper.at];

/** A paper that is asked for opens the camera by itself, once; one that is asked for no longer closes it, where nothing was captured. */
export function asked(model: Model, session: KioskSession): Model {
  const { ask } = session;
  const { paper } = model;
  const id = ask?.kind === 'paper' ? ask.id : '';
  if (id === paper.asked) return model;
  if (id === '') return withPaper(model, { asked: '', ...(paper.step === 'aim' && paper.pages.length === 0 ? { step: 'off' } : {}) });
  const free = paper.step === 'off' || paper.step === 'sent';
  return { ...withPaper(model, { asked: id, ...(free ? { step: paper.pages.length > 0 ? 'pages' : 'aim' } : {}) }), viewing: free ? null : model.viewing, replies: false };
}

/** Takes the events of a paper; null for all others. `together`: the call stands. */
export function inPaper(model: Model, event: Event, together: boolean): Step | null {
  const { paper } = model;
  const { step, pages, at, busy } = paper;
  const to = (more: Partial<PaperState>): Step => only(withPaper(model, more));
  const edited = { failed: null, request: '' } as const; // another paper than the one that was sent
  switch (event.kind) {
    case 'paperOpened':
      return step === 'off' && together ? to({ step: pages.length > 0 ? 'pages' : 'aim' }) : only(model);
    case 'paperShoot':
      return step === 'aim' && !busy
        ? { model: withPaper(model, { busy: true, failed: null }), effects: [{ kind: 'capture', id: event.id }] }
        : only(model);
    case 'paperShot': {
      if (step !== 'aim' || !busy) return keepOnly(model); // it came too late
      const next = paper.again ? pages.with(at, event.page) : [...pages, event.page];
      return keepOnly(withPaper(model, { ...edited, step: 'pages', busy: false, again: false, pages: next, at: paper.again ? at : next.length - 1 }));
    }
    case 'paperRetake':
      return step === 'pages' && pages.length > 0 ? to({ step: 'aim', again: true, failed: null }) : only(model);
    case 'paperAdded':
      return step === 'pages' && pages.length < MAX_PAGES ? to({ step: 'aim', again: false, failed: null }) : only(model);
    case 'paperChosen':
      return step === 'pages' && pages[event.page] !== undefined ? to({ at: event.page }) : only(model);
    case 'paperMoved': {
      const [page, other] = [pages[at], pages[at + event.by]];
      if (step !== 'pages' || page === undefined || other === undefined) return only(model);
      return to({ ...edited, pages: pages.with(at, other).with(at + event.by, page), at: at + event.by });
    }
    case 'paperRemoved': {
      if (step !== 'pages') return only(model);
      const left = pages.toSpliced(at, 1);
      return keepOnly(withPaper(model, { ...edited, pages: left, at: Math.max(0, Math.min(at, left.length - 1)), step: left.length > 0 ? 'pages' : 'aim', again: false }));
    }
    case 'paperTurned':
      return step === 'pages' ? straighten(model, (page) => turned(page.corners)) : only(model);
    case 'cornersOpened':
      return step === 'pages' && pages[at] !== undefined ? to({ step: 'corners', corners: pages[at].corners }) : only(model);
    case 'cornerMoved': {
      const page = pages[at];
      if (step !== 'corners' || page === undefined) return only(model);
      const corners = paper.corners.with(event.corner, { x: clamp(event.x), y: clamp(event.y) }) as unknown as Corners;
      return sound(scaled(corners, page.width, page.height)) ? to({ corners }) : only(model);
    }
    case 'cornersWhole':
      return step === 'corners' ? to({ corners: WHOLE }) : only(model);
    case 'cornersDone':
      return step === 'corners' ? straighten(withPaper(model, { step: 'pages' }), () => paper.corners) : only(model);
    case 'cornersLeft':
      return step === 'corners' ? to({ step: 'pages' }) : only(model);
    case 'paperStraightened':
      return to({ ...edited, busy: false, pages: pages.map((page) => (page.id === event.id ? { ...page, picture: event.picture } : page)) });
    case 'paperFinished': {
      if (step !== 'pages' || busy || pages.length === 0) return only(model);
      const request = paper.request === '' ? event.requestId : paper.request;
      return { model: withPaper(model, { step: 'sending', request, failed: null }), effects: [{ kind: 'upload', pages: pages.map((page) => page.id), request }] };
    }
    case 'paperSent':
      return step === 'sending'
        ? { model: withPaper(model, { ...NO_PAPER, asked: paper.asked, step: 'sent', since: model.now }), effects: [{ kind: 'keep', pages: [] }, { kind: 'refresh' }] }
        : only(model);
    case 'paperFailed':
      if (step === 'sending') return to({ step: 'pages', failed: event.detail });
      return busy ? to({ busy: false, failed: event.detail }) : only(model);
    case 'paperClosed':
      // What was captured stays until it is sent or taken away page by page.
      if (step === 'aim') return to({ step: pages.length > 0 ? 'pages' : 'off', again: false, busy: false, failed: null });
      return step === 'sending' || step === 'corners' ? only(model) : to({ step: 'off' });
    default:
      return null;
  }
}

/** What was sent is told for a while. */
export function paperTick(model: Model): Model {
  return model.paper.step === 'sent' && model.now - model.paper.since >= PAPER_SENT_MS ? withPaper(model, { step: 'off' }) : model;
}

function clamp(value: number): number {
  return Math.min(Math.max(value, 0), 1);
}

function straighten(model: Model, cornersOf: (page: Sheet) => Corners): Step {
  const page = pageOf(model);
  if (page === undefined || model.paper.busy) return only(model);
  const corners = cornersOf(page);
  const pages = model.paper.pages.map((one) => (one === page ? { ...one, corners } : one));
  return { model: withPaper(model, { pages, busy: true }), effects: [{ kind: 'straighten', id: page.id, corners }] };
}

function keepOnly(model: Model): Step {
  return { model, effects: [{ kind: 'keep', pages: model.paper.pages.map((page) => page.id) }] };
}
