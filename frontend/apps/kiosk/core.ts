/** The common ground of the kiosk's machine: a step, the empty citizen, and the ways back to it. */
import type { Receipt } from '../../packages/api/types';
import { WHOLE } from '../../packages/scan/geometry';
import type { Effect, Model, PaperState, SignState } from './model';

/** What a step of the machine yields. */
export interface Step {
  readonly model: Model;
  readonly effects: readonly Effect[];
}

/** Nothing asked, nothing said of what is missing. */
export const NOT_LACKING = { step: 'off', items: [], times: null, start: '', failed: '' } as const;

/** Nothing captured. */
export const NO_PAPER: PaperState = {
  step: 'off', pages: [], at: 0, again: false, busy: false, corners: WHOLE, failed: null, request: '', asked: '', since: 0,
};

/** Nothing to sign. */
export const NO_SIGN: SignState = { step: 'off', ask: '', seen: 1, drawn: false, from: 'draw', failed: null, request: '', since: 0 };

/** Everything that belongs to one citizen, empty. */
export function blank() {
  return {
    typed: '',
    busy: false,
    pending: null,
    offers: null,
    refusal: null,
    enrolError: null,
    scanning: false,
    leave: 'no',
    call: { link: 'off', peer: 'absent', quality: 'unknown', picture: false, soundBlocked: false, screen: false, typing: '' },
    pointer: null,
    fault: null,
    paper: NO_PAPER,
    sign: NO_SIGN,
    viewing: null,
    page: 1,
    seen: [],
    replies: false,
    draft: '',
    privacy: false,
    lacking: NOT_LACKING,
    chatFailed: false,
    end: null,
    fresh: false,
    trial: null,
    guide: false,
    look: { text: 0, contrast: false, language: 'it', scan: 'off', reads: false },
    switches: false,
  } as const;
}

/** A state without effects. */
export function only(model: Model): Step {
  return { model, effects: [] };
}

/** Forgets the citizen and returns to the invitation. */
export function wipe(model: Model): Step {
  return {
    model: { ...model, ...blank(), screen: model.screen === 'enrol' ? 'enrol' : 'start', touchedAt: model.now },
    effects: model.look.language === 'it' ? [{ kind: 'wipe' }] : [{ kind: 'wipe' }, { kind: 'language', language: 'it' }],
  };
}

/** Ends a session on this side: everything of it goes, only its outcome stays on the screen. */
export function finish(model: Model, id: string, end: { outcome: string; text: string; left: boolean }, receipt: Receipt | null = null): Step {
  const { guide, look } = model;
  return {
    model: {
      ...model,
      ...blank(),
      guide,
      look,
      screen: 'end',
      end: { ...end, at: model.now, receipt, mailed: 'no' },
      endedSession: id,
      touchedAt: model.now,
      snapshot: model.snapshot === null ? null : { ...model.snapshot, session: null },
    },
    effects: [{ kind: 'wipe' }],
  };
}
