/** The part of the desk's machine that is about the matter: chat, note, outcome, papers. */
import { only, EMPTY, failed, sessionOf, type Step, toast } from './state';
import type { DeskSession } from '../../packages/api/types';
import type { Draft, Event, Model } from './model';
import { can } from './steps';

/** Bytes of the largest file that may be sent. */
export const MAX_FILE_BYTES = 10 * 1024 * 1024;
/** Kinds of files the kiosk can show. */
export const FILE_TYPES = ['application/pdf', 'image/jpeg', 'image/png'] as const;
/** Codes of what the desk itself refuses; the view has the words. */
export const FILE_TOO_LARGE = 'client.file_too_large';
export const FILE_TYPE = 'client.file_type';

/** Takes the events of the matter; null for all others. */
export function inMatter(model: Model, event: Event): Step | null {
  const session = sessionOf(model);
  switch (event.kind) {
    case 'restored':
      return only(session?.id === event.session && model.draft === EMPTY ? { ...model, draft: event.draft } : model);
    case 'chatTyped':
      return write(model, { chat: event.text });
    case 'noteTyped':
      return write(model, { note: event.text });
    case 'outcomeChosen':
      return write(model, { outcome: event.outcome });
    case 'chatSubmitted': {
      const text = model.draft.chat.trim();
      if (session === null || text === '') return only(model);
      const sent = write(model, { chat: '' });
      return { model: sent.model, effects: [...sent.effects, { kind: 'chat', text, requestId: event.requestId }] };
    }
    case 'chatFailed': {
      // What was typed comes back, before what was typed since.
      const rest = model.draft.chat === '' ? event.text : `${event.text} ${model.draft.chat}`;
      const kept = session === null ? only(model) : write(model, { chat: rest });
      return { model: failed(kept.model, event.error), effects: kept.effects };
    }
    case 'closeAsked': {
      const { outcome, note } = model.draft;
      if (session === null || outcome === null || model.busy !== null || !can(session.state, 'close')) return only(model);
      return {
        model: { ...model, busy: 'close', closing: session.id },
        effects: [{ kind: 'close', outcome, note: note.trim() }],
      };
    }
    case 'recognised':
      return session !== null && canRecognise(session) ? { model, effects: [{ kind: 'identify', how: event.how }] } : only(model);
    case 'closeDone':
      return { model, effects: [{ kind: 'refresh' }] };
    case 'filesChosen':
      return session === null ? only(model) : files(model, event.files);
    case 'uploadDone':
      return { model: { ...model, uploads: Math.max(0, model.uploads - 1) }, effects: [{ kind: 'refresh' }] };
    case 'uploadFailed':
      return only(failed({ ...model, uploads: Math.max(0, model.uploads - 1) }, event.error));
    case 'paperOpened':
      return only(
        session?.documents.some((d) => d.id === event.id) ? { ...model, dialog: 'paper', viewing: event.id } : model,
      );
    default:
      return null;
  }
}

/** Whether the person can be recognised: they are seen. */
export function canRecognise({ state }: DeskSession): boolean {
  return state === 'connected' || state === 'held';
}

function write(model: Model, change: Partial<Draft>): Step {
  const session = sessionOf(model);
  if (session === null) return only(model);
  const draft = { ...model.draft, ...change };
  return { model: { ...model, draft }, effects: [{ kind: 'save', session: session.id, draft }] };
}

function files(model: Model, chosen: readonly File[]): Step {
  let next = model;
  const good: File[] = [];
  for (const file of chosen) {
    if (file.size > MAX_FILE_BYTES) next = toast(next, 'error', FILE_TOO_LARGE);
    else if (!FILE_TYPES.some((type) => type === file.type)) next = toast(next, 'error', FILE_TYPE);
    else good.push(file);
  }
  return {
    model: { ...next, uploads: next.uploads + good.length },
    effects: good.map((file) => ({ kind: 'upload', file })),
  };
}
