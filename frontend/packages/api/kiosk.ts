/** The kiosk's half of the interface: one function per operation of the server. */
import { command, newRequestId, request } from './http';
import { openStream, type Stream, type StreamListener } from './stream';
import { beat, type Beat, kioskState, type KioskSnapshot, otherTimes, paper, type Paper, ticket, type Ticket, type WalkIn, walkIns } from './types';

const BASE = '/api/kiosk';

/** Turns a one-time code into the credential of this device (a cookie). */
export const enrol = (code: string): Promise<void> => command(`${BASE}/enrolment`, { body: { code } });

/** Which apparatus the machine has. */
export const sendEquipment = (found: { readonly camera: boolean; readonly microphone: boolean }): Promise<void> =>
  command(`${BASE}/equipment`, { body: found });

/** What a guided test found; parts that were not tried are left out. */
export const sendTest = (parts: Readonly<Partial<Record<string, boolean>>>): Promise<void> => command(`${BASE}/self-test`, { body: { parts } });

/** A ticket into an empty room, to try the line. */
export const testRoom = (): Promise<Ticket> => request(`${BASE}/test-room`, ticket, { method: 'POST', body: {} });

/** The truth as it stands now. */
export const fetchState = (): Promise<KioskSnapshot> => request(`${BASE}/state`, kioskState);

/** The truth, each time it changes; being connected is also the device's sign of life. */
export const openEvents = (listener: StreamListener<KioskSnapshot>): Stream =>
  openStream(`${BASE}/events`, kioskState, listener);

/** Somebody is about to give a code: a ticket into the room of their visit, good for sending nothing yet. */
export const approach = (visit: string): Promise<Ticket> =>
  request(`${BASE}/approach`, ticket, { method: 'POST', body: { visit_id: visit } });

/** They went away without one. */
export const withdraw = (visit: string): Promise<void> => command(`${BASE}/approach/withdraw`, { body: { visit_id: visit } });

/** Opens the session that belongs to a code, in the room of the visit. `requestId` makes a repetition harmless. */
export const openSession = (code: string, requestId: string, visit: string): Promise<KioskSnapshot> =>
  request(`${BASE}/sessions`, kioskState, {
    method: 'POST',
    body: { code, request_id: requestId, ...(visit === '' ? {} : { visit_id: visit }) },
  });

/** Opens the session of the appointment whose link this browser came by. */
export const openOwn = (requestId: string): Promise<KioskSnapshot> =>
  request(`${BASE}/own`, kioskState, { method: 'POST', body: { request_id: requestId } });

/** What one may ask for here without an appointment. */
export const fetchWalkIns = async (): Promise<readonly WalkIn[]> => (await request(`${BASE}/walk-ins`, walkIns)).services;

/** Takes a number for a service. `requestId` makes a repetition harmless. */
export const takeNumber = (service: string, requestId: string, visit: string): Promise<KioskSnapshot> =>
  request(`${BASE}/walk-ins`, kioskState, {
    method: 'POST',
    body: { service_id: service, request_id: requestId, ...(visit === '' ? {} : { visit_id: visit }) },
  });

/** Gets a fresh ticket into the session's room; while waiting, one that is good for sending nothing. */
export const join = (): Promise<Ticket> => request(`${BASE}/session/join`, ticket, { method: 'POST', body: {} });

/** Says that this side is in the call and whether it receives the other. */
export const sendBeat = (peer: boolean): Promise<Beat> =>
  request(`${BASE}/session/beat`, beat, { method: 'POST', body: { peer } });

/** Adds a line to the conversation. */
export const sendChat = (text: string): Promise<void> =>
  command(`${BASE}/session/chat`, { body: { text, request_id: newRequestId() } });

/** Hands in a paper, page by page. `requestId` makes a repetition harmless. */
export const sendPaper = (pages: readonly Blob[], name: string, requestId: string): Promise<Paper> => {
  const form = new FormData();
  form.append('name', name);
  form.append('request_id', requestId);
  pages.forEach((page, i) => form.append('pages', page, `${i + 1}.jpg`));
  return request(`${BASE}/session/documents`, paper, { method: 'POST', form });
};

/** Signs, with a drawing or with a typed name. `requestId` makes a repetition harmless. */
export const sign = (ask: string, mark: Blob | string, requestId: string): Promise<Paper> => {
  const form = new FormData();
  form.append('ask_id', ask);
  form.append('request_id', requestId);
  if (typeof mark === 'string') form.append('typed', mark);
  else form.append('drawing', mark, 'firma.png');
  return request(`${BASE}/session/signature`, paper, { method: 'POST', form });
};

/** Does not sign. */
export const refuseToSign = (ask: string): Promise<void> => command(`${BASE}/session/signature/refuse`, { body: { ask_id: ask } });

/** Has what one takes home sent to the address of the appointment. */
export const mailReceipt = (session: string): Promise<void> => command(`${BASE}/receipt`, { body: { session_id: session } });

/** Says what one does not have, of what the service asks for. */
export const sendLack = (lacks: readonly string[]): Promise<void> => command(`${BASE}/session/lack`, { body: { lacks } });

/** Other times for the appointment, at this kiosk. */
export const fetchTimes = async (): Promise<readonly string[]> => (await request(`${BASE}/session/times`, otherTimes)).times;

/** Leaves, and puts the appointment at another time. */
export const moveAway = (start: string): Promise<void> => command(`${BASE}/session/move`, { body: { start } });

/** Leaves, and cancels the appointment. */
export const cancelAway = (): Promise<void> => command(`${BASE}/session/cancel`, { body: {} });

/** Ends the session from this side; one that is over already, or another's, is left alone. */
export const leave = (session: string): Promise<void> => command(`${BASE}/session/leave`, { body: { session_id: session } });
