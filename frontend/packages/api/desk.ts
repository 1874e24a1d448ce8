/** The desk's half of the interface: one function per operation of the server. */
import { command, newRequestId, request } from './http';
import { openStream, type Stream, type StreamListener } from './stream';
import {
  beat,
  type Beat,
  type ByWhat,
  claimed,
  deskDay,
  type DeskDay,
  deskState,
  type DeskSnapshot,
  emergency,
  invited,
  type Emergency,
  type Outcome,
  paper,
  type Paper,
  standby,
  type Standby,
  targets,
  type Targets,
  ticket,
  type Ticket,
} from './types';

const BASE = '/api/desk';

/** The steps an operator can take in a session, beside closing it. */
export type DeskStep = 'hold' | 'resume' | 'recall' | 'no_show' | 'park';

/** The truth as it stands now. */
export const fetchState = (): Promise<DeskSnapshot> => request(`${BASE}/state`, deskState);

/** The truth, each time it changes. */
export const openEvents = (listener: StreamListener<DeskSnapshot>): Stream =>
  openStream(`${BASE}/events`, deskState, listener);

/** The answer to a claim. */
export interface Claim {
  readonly snapshot: DeskSnapshot;
  /** The way into the call: `standing` when the page stands by in its room, null when it has to be asked for. */
  readonly way: Ticket | 'standing' | null;
}

/** Takes the first who waits, or a chosen one with the reason for it, standing by in a room or not (""). `requestId` makes a repetition harmless. */
export const claimNext = (requestId: string, chosen: string | null, why: string, room: string): Promise<Claim> =>
  request(
    `${BASE}/next`,
    (raw, path) => {
      const { standing, admission } = claimed(raw, path);
      return { snapshot: deskState(raw, path), way: standing ? ('standing' as const) : admission };
    },
    {
      method: 'POST',
      body: {
        request_id: requestId,
        ...(chosen === null ? {} : { session_id: chosen }),
        ...(why === '' ? {} : { why }),
        ...(room === '' ? {} : { standby: room }),
      },
    },
  );

/** Gets a ticket into the room of whoever is next, good for receiving nothing yet. */
export const standBy = (): Promise<Standby> => request(`${BASE}/standby`, standby, { method: 'POST', body: {} });

/** Gets a fresh ticket into the room. */
export const join = (): Promise<Ticket> => request(`${BASE}/session/join`, ticket, { method: 'POST', body: {} });

/** Says that this side is in the call and whether it receives the other. */
export const sendBeat = (peer: boolean): Promise<Beat> =>
  request(`${BASE}/session/beat`, beat, { method: 'POST', body: { peer } });

/** Adds a line to the conversation. */
export const sendChat = (text: string, requestId: string): Promise<void> =>
  command(`${BASE}/session/chat`, { body: { text, request_id: requestId } });

/** Sends a document to the kiosk's screen. */
export const sendPaper = (file: File): Promise<Paper> => {
  const form = new FormData();
  form.append('file', file, file.name);
  return request(`${BASE}/session/documents`, paper, { method: 'POST', form });
};

/** Asks the citizen for a paper; 0 pages where their number is not known. */
export const askPaper = (name: string, pages: number): Promise<void> => command(`${BASE}/session/papers`, { body: { name, pages } });

/** Asks the citizen to sign a document of the session, or a text under a title. */
export const askSignature = (what: { readonly document_id: string } | { readonly title: string; readonly text: string }): Promise<void> =>
  command(`${BASE}/session/signatures`, { body: what });

/** Takes back what was asked. */
export const withdrawAsk = (ask: string): Promise<void> => command(`${BASE}/session/asks/withdraw`, { body: { ask_id: ask } });

/** Takes a step in the session. */
export const step = (name: DeskStep): Promise<void> =>
  command(`${BASE}/session/${name}`, { body: { request_id: newRequestId() } });

/** Begins a break, or ends it. */
export const takeBreak = (on: boolean): Promise<void> => command(`${BASE}/break`, { body: { on } });

/** Calls who is near the kiosk. */
export const callHelp = (): Promise<Emergency> => request(`${BASE}/session/emergency`, emergency, { method: 'POST', body: {} });

/** Invites a colleague, or whoever is named; gives the link to hand on. */
export const invite = async (who: { readonly name: string } | { readonly colleague_id: string }): Promise<string> =>
  (await request(`${BASE}/session/guests`, invited, { method: 'POST', body: who })).link;

/** Ends a guest's part. */
export const sendAway = (guest: string): Promise<void> => command(`${BASE}/session/guests/away`, { body: { guest_id: guest } });

/** Records that the person was recognised, and by what. */
export const identify = (how: ByWhat): Promise<void> => command(`${BASE}/session/identify`, { body: { by_what: how } });

/** Where the person can be passed now. */
export const fetchTargets = (): Promise<Targets> => request(`${BASE}/session/targets`, targets);

/** Passes the person to an office or to a colleague, with the reason. */
export const pass = (to: PassTo, why: string): Promise<void> => command(`${BASE}/session/pass`, { body: { ...to, why } });

/** One place to pass somebody to. */
export type PassTo = { readonly office_id: string } | { readonly colleague_id: string };

/** Ends the session with its outcome. */
export const close = (outcome: Outcome, note: string): Promise<void> =>
  command(`${BASE}/session/close`, { body: { outcome, note } });

/** The appointments of a day, `date` as YYYY-MM-DD. */
export const fetchDay = (date: string): Promise<DeskDay> =>
  request(`${BASE}/day?date=${encodeURIComponent(date)}`, deskDay);
