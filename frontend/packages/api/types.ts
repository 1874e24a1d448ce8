/** What both sides of a session speak about. */
import { type Decoded, flag, instant, list, nullable, number, oneOf, shape, text, withDefault } from './decode';

/** States of a session, as the server keeps them. */
export const sessionState = oneOf(
  'waiting',
  'called',
  'connected',
  'held',
  'dropped',
  'closed',
  'abandoned',
  'no_show',
);
export type SessionState = Decoded<typeof sessionState>;

/** One line of the conversation. */
export const chatLine = shape({ id: text, side: oneOf('kiosk', 'desk'), text, at: instant });
export type ChatLine = Decoded<typeof chatLine>;

/** A paper of the session: photographed at the kiosk or sent by the operator. */
export const paper = shape({
  id: text,
  name: text,
  media_type: text,
  size_bytes: number,
  source: oneOf('kiosk_capture', 'desk_upload', 'desk_text', 'signed'),
  at: instant,
  /** A picture of the first page. */
  url: text,
  /** A picture of each page; a paper of one page may have none beside its url. */
  pages: list(text),
});
export type Paper = Decoded<typeof paper>;

/** The pictures of a paper, page by page. */
export function pagesOf(of: Paper): readonly string[] {
  return of.pages.length > 0 ? of.pages : [of.url];
}

/** What the operator asks of the citizen: a paper, or a signature on a document. */
export const ask = shape({
  id: text,
  kind: oneOf('paper', 'signature'),
  name: text,
  /** How many the operator expects; 0 where they did not say. */
  pages: withDefault(number, 0),
  document_id: nullable(text),
  state: oneOf('open', 'done', 'refused', 'withdrawn'),
  result_id: nullable(text),
});
export type Ask = Decoded<typeof ask>;

/** By what an operator may recognise a person. */
export const BY_WHAT = ['identity_card', 'passport', 'driving_licence', 'other_document', 'known'] as const;
export type ByWhat = (typeof BY_WHAT)[number];

/** The service someone came for, with what to bring. */
export const service = shape({ title: text, needed: list(text) });

/** A short-lived ticket into the room of the session. */
export const ticket = shape({ url: text, token: text, identity: withDefault(text, '') });
export type Ticket = Decoded<typeof ticket>;

/** The same, into a room to stand by in. */
export const standby = shape({ url: text, token: text, identity: withDefault(text, ''), room: text });
export type Standby = Decoded<typeof standby>;

/** What comes with the answer to a claim: the way into the call, where there is one already. */
export const claimed = shape({ standing: withDefault(flag, false), admission: withDefault(nullable(ticket), null) });

/** The answer to a heartbeat. */
export const beat = shape({ state: sessionState });
export type Beat = Decoded<typeof beat>;

/** What the kiosk knows: itself, and the session it is in, if any. */
export const kioskState = shape({
  kiosk: shape({ id: text, name: text, place: withDefault(text, ''), address: withDefault(text, ''), printer: withDefault(flag, false) }),
  entity: shape({ key: text, name: text, phone: withDefault(text, '') }),
  server_time: instant,
  version: number,
  /** Some services may be asked for without an appointment. */
  walk_in: withDefault(flag, false),
  session: nullable(
    shape({
      id: text,
      state: sessionState,
      service,
      /** What the citizen said they lack, of what the service asks for. */
      lacks: withDefault(list(text), []),
      /** The number of who came without an appointment. */
      ticket: withDefault(nullable(number), null),
      office: withDefault(text, ''),
      operator_name: nullable(text),
      titolare: withDefault(text, ''),
      privacy_notice: withDefault(text, ''),
      appointment_at: nullable(instant),
      parked: withDefault(flag, false),
      position: nullable(number),
      estimate_minutes: nullable(number),
      /** Who else was invited. */
      guests: withDefault(list(shape({ id: text, name: text, link: withDefault(text, '') })), []),
      chat: list(chatLine),
      documents: list(paper),
      ask: withDefault(nullable(ask), null),
      ended: nullable(
        shape({
          outcome: withDefault(text, ''),
          text: withDefault(text, ''),
          /** What the citizen may take home. */
          receipt: withDefault(nullable(shape({ url: text, qr: text, mail: flag })), null),
        }),
      ),
    }),
  ),
});
export type KioskSnapshot = Decoded<typeof kioskState>;

/** Other times for an appointment. */
export const otherTimes = shape({ times: list(instant) });

/** What may be asked for without an appointment, with its queue. */
export const walkIns = shape({
  services: list(
    shape({ service_id: text, title: text, office: withDefault(text, ''), answers: flag, ahead: number, estimate_minutes: nullable(number) }),
  ),
});
export type WalkIn = Decoded<typeof walkIns>['services'][number];
export type KioskSession = NonNullable<KioskSnapshot['session']>;
export type Receipt = NonNullable<NonNullable<KioskSession['ended']>['receipt']>;

/** What the desk knows: who waits, and the session the operator is in, if any. */
export const deskState = shape({
  entity: shape({ key: text, name: text, ready_texts: withDefault(list(text), []) }),
  operator: shape({ id: text, name: text }),
  server_time: instant,
  version: number,
  waiting: list(
    shape({
      id: text,
      service: text,
      kiosk: text,
      citizen: text,
      ticket: withDefault(nullable(number), null),
      /** Staff practise; nobody is there. */
      rehearsal: withDefault(flag, false),
      since: instant,
      long: withDefault(flag, false),
      appointment_at: nullable(instant),
      /** Set aside: called only by choosing them. */
      parked: withDefault(flag, false),
      /** The operator they wait for, "" for anybody; `yours`: that is you. */
      wanted: withDefault(text, ''),
      yours: withDefault(flag, false),
      passed_by: withDefault(text, ''),
      passed_why: withDefault(text, ''),
    }),
  ),
  /** The room of whoever is next or comes near; empty where there is none. */
  standby: withDefault(text, ''),
  /** A colleague asks the operator to take part. */
  invitation: withDefault(nullable(shape({ from: text, link: text })), null),
  /** The operator has a break since then. */
  break_since: withDefault(nullable(instant), null),
  session: nullable(
    shape({
      id: text,
      state: sessionState,
      citizen: shape({ name: text, surname: withDefault(text, '') }),
      ticket: withDefault(nullable(number), null),
      rehearsal: withDefault(flag, false),
      /** How an operator recognised the person. */
      identified: withDefault(nullable(shape({ by_what: oneOf(...BY_WHAT), by: text, at: instant })), null),
      passed_by: withDefault(text, ''),
      passed_why: withDefault(text, ''),
      lacks: withDefault(list(text), []),
      service,
      kiosk: withDefault(text, ''),
      office: withDefault(text, ''),
      appointment_at: nullable(instant),
      called_at: nullable(instant),
      connected_at: nullable(instant),
      /** Who else was invited. */
      guests: withDefault(list(shape({ id: text, name: text, link: withDefault(text, '') })), []),
      chat: list(chatLine),
      documents: list(paper),
      /** What was asked so far. */
      asks: list(ask),
      details: withDefault(text, ''),
    }),
  ),
});
export type DeskSnapshot = Decoded<typeof deskState>;
export type DeskSession = NonNullable<DeskSnapshot['session']>;
export type WaitingPerson = DeskSnapshot['waiting'][number];

/** Where a person can be passed. */
export const targets = shape({
  offices: list(shape({ id: text, name: text, answers: flag, desks: number })),
  colleagues: list(shape({ id: text, name: text, present: flag, busy: flag })),
});
export type Targets = Decoded<typeof targets>;

/** The day's appointments of the operator's offices. */
export const deskDay = shape({
  appointments: list(
    shape({ id: text, starts_at: instant, citizen: text, service: text, kiosk: text, state: text }),
  ),
});
export type DeskDay = Decoded<typeof deskDay>;

/** How a session can be closed. */
export const OUTCOMES = ['resolved', 'to_complete', 'redirected', 'not_resolved'] as const;
export type Outcome = (typeof OUTCOMES)[number];

/** Whether a session in this state still has two people in it or on their way. */
export function isLive(state: SessionState): boolean {
  return state === 'waiting' || inCall(state);
}

/** Whether a session in this state has a room to be in. */
export function inCall(state: SessionState): boolean {
  return state === 'called' || state === 'connected' || state === 'held' || state === 'dropped';
}

/** What the operator reads out to the rescue services. */
export const emergency = shape({ told: flag, kiosk: text, place: withDefault(text, ''), address: withDefault(text, '') });
export type Emergency = Decoded<typeof emergency>;

/** The link of somebody who was invited. */
export const invited = shape({ link: text });

/** What a guest's link opens. */
export const guestState = shape({ name: text, entity: text, office: text, open: flag });
export type GuestState = Decoded<typeof guestState>;
