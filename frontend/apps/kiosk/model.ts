/** What the kiosk's state machine speaks: its state, the events that move it, the effects it asks for. */
import type { ApiError } from '../../packages/api/http';
import type { Beat, KioskSnapshot, Receipt, WalkIn } from '../../packages/api/types';
import type { Corners } from '../../packages/scan/geometry';
import type { Language } from '../../packages/text/index';
import type { ScanMode } from './scanning';
import type { Link, MediaFault, Peer, Pointer, Quality, Typing } from '../../packages/call/index';

/** The screens outside a session, and `session`, whose stage is told by {@link stageOf}. */
export type Screen = 'boot' | 'enrol' | 'start' | 'code' | 'walkin' | 'help' | 'refusal' | 'session' | 'end' | 'selftest';

/** What a citizen sees of a session. */
export type Stage = 'waiting' | 'ringing' | 'joining' | 'call' | 'held' | 'dropped';

/** The steps of capturing a paper. */
export type PaperStep = 'off' | 'aim' | 'pages' | 'corners' | 'sending' | 'sent';

/** One captured page: what the camera saw, and the sheet in it, straight. */
export interface Sheet {
  readonly id: string;
  readonly photo: string;
  readonly picture: string;
  readonly width: number;
  readonly height: number;
  /** In parts of the photo's sides. */
  readonly corners: Corners;
  /** A sheet was found; else the whole photo counts as one. */
  readonly found: boolean;
}

/** The steps of signing. */
export type SignStep = 'off' | 'read' | 'draw' | 'type' | 'sending' | 'signed';

/** A signature on its way. */
export interface SignState {
  readonly step: SignStep;
  /** What the operator asks for and this page has heard. */
  readonly ask: string;
  /** The last page that was looked at. */
  readonly seen: number;
  readonly drawn: boolean;
  /** Where a sending that fails goes back to. */
  readonly from: 'draw' | 'type';
  /** Why it went wrong, "" without words. */
  readonly failed: string | null;
  readonly request: string;
  readonly since: number;
}

/** A paper on its way. */
export interface PaperState {
  readonly step: PaperStep;
  readonly pages: readonly Sheet[];
  /** The page being looked at. */
  readonly at: number;
  /** The next picture replaces that page. */
  readonly again: boolean;
  /** A picture is being made. */
  readonly busy: boolean;
  /** The corners while they are being moved. */
  readonly corners: Corners;
  /** Why it went wrong, "" without words. */
  readonly failed: string | null;
  /** The request of these very pages, to be repeated; "" where there was none. */
  readonly request: string;
  /** What the operator asks for and this page has heard. */
  readonly asked: string;
  readonly since: number;
}

/** What the guided test tries. */
export type Part = 'camera' | 'microphone' | 'speaker' | 'touch' | 'printer' | 'network';

/** A guided test that goes on: which parts, at which it is, and what was found so far. */
export interface Trial {
  readonly parts: readonly Part[];
  readonly step: Part | 'done';
  /** `ask`: a person is asked whether it worked. */
  readonly state: 'ready' | 'busy' | 'ask';
  readonly found: Readonly<Partial<Record<Part, boolean>>>;
  readonly spots: readonly number[];
  readonly sent: 'no' | 'sending' | 'yes' | 'failed';
}

/** What a refusal lets the citizen do next; unknown words of a newer server count as `retry`. */
export type WayOn = 'retry' | 'rebook' | 'wait' | 'go_to_place' | 'ask_help';

/** The whole state of a kiosk. Times are milliseconds of the page's clock. */
export interface Model {
  /** On the citizen's own telephone or computer, where they came by their appointment's link. */
  readonly home: boolean;
  readonly screen: Screen;
  readonly now: number;
  /** How far the server's clock is ahead of this machine's. */
  readonly skew: number;
  readonly touchedAt: number;
  /** Whether the stream of snapshots stands, and since when it does not. */
  readonly lineUp: boolean;
  readonly lineDownAt: number;
  readonly snapshot: KioskSnapshot | null;
  readonly typed: string;
  readonly busy: boolean;
  /** The request in flight or waiting for the line to come back; `service` is what a number is taken for, "" for a code or one's own device. */
  readonly pending: { readonly requestId: string; readonly service: string; readonly since: number; readonly inFlight: boolean } | null;
  /** What may be asked for without an appointment; null while it is being read. */
  readonly offers: readonly WalkIn[] | 'unread' | null;
  readonly refusal: { readonly from: 'code' | 'walkin' | 'start'; readonly detail: string; readonly way: WayOn; readonly url: string; readonly reference: string } | null;
  readonly enrolError: string | null;
  readonly scanning: boolean;
  readonly leave: 'no' | 'ask';
  /** Session that this side has ended; a late snapshot of it must not bring it back. */
  readonly endedSession: string | null;
  readonly leaveSentAt: number | null;
  readonly call: {
    readonly link: Link;
    readonly peer: Peer;
    readonly quality: Quality;
    readonly picture: boolean;
    readonly soundBlocked: boolean;
    /** The operator shows their screen. */
    readonly screen: boolean;
    /** What the operator is writing at this moment. */
    readonly typing: string;
  };
  /** Where the operator points, and since when. */
  readonly pointer: (Pointer & { readonly at: number }) | null;
  readonly fault: MediaFault | null;
  readonly paper: PaperState;
  readonly sign: SignState;
  readonly viewing: string | null;
  /** Page of the document being looked at, from 1. */
  readonly page: number;
  readonly seen: readonly string[];
  readonly replies: boolean;
  /** What is being written on the screen's keyboard. */
  readonly draft: string;
  readonly privacy: boolean;
  /** What somebody who waits lacks, and the other time they choose; `start` is "" for cancelling. */
  readonly lacking: {
    readonly step: 'off' | 'list' | 'times' | 'sure' | 'busy';
    readonly items: readonly string[];
    readonly times: readonly string[] | null;
    readonly start: string;
    readonly failed: string;
  };
  readonly chatFailed: boolean;
  readonly end: {
    readonly outcome: string;
    readonly text: string;
    readonly left: boolean;
    readonly at: number;
    /** What one may take home, and whether it was sent. */
    readonly receipt: Receipt | null;
    readonly mailed: 'no' | 'sending' | 'yes' | 'failed';
  } | null;
  /** Just set up: the first screen offers the guided test. */
  readonly fresh: boolean;
  readonly trial: Trial | null;
  readonly guide: boolean;
  /** How the screen looks to this citizen. */
  readonly look: Look;
  /** The question how the mark of {@link Look.scan} moves. */
  readonly switches: boolean;
  readonly voice: boolean;
}

/** The size of the words, 0 to 2, whether they are light on black, their language, and how a switch is used. */
export interface Look {
  readonly text: 0 | 1 | 2;
  readonly contrast: boolean;
  readonly language: Language;
  readonly scan: ScanMode;
  /** They read what is said: words beside the picture. */
  readonly reads: boolean;
}

/** Everything that can happen to a kiosk. */
export type Event =
  | { readonly kind: 'tick'; readonly now: number }
  | { readonly kind: 'touched' }
  | { readonly kind: 'snapshot'; readonly snapshot: KioskSnapshot }
  | { readonly kind: 'lineUp' }
  | { readonly kind: 'lineDown'; readonly error: ApiError }
  | { readonly kind: 'voiceFound'; readonly available: boolean }
  | { readonly kind: 'guideToggled' }
  | { readonly kind: 'textGrown' }
  | { readonly kind: 'contrastToggled' }
  | { readonly kind: 'scanToggled' }
  | { readonly kind: 'scanChosen'; readonly mode: ScanMode }
  | { readonly kind: 'languageChosen'; readonly language: Language }
  | { readonly kind: 'languageReady'; readonly language: Language }
  // Enrolment and code entry share the keypad.
  | { readonly kind: 'begin' }
  | { readonly kind: 'digit'; readonly digit: string }
  | { readonly kind: 'erase' }
  | { readonly kind: 'eraseAll' }
  | { readonly kind: 'submit'; readonly requestId: string }
  | { readonly kind: 'scanOpened' }
  | { readonly kind: 'scanClosed' }
  | { readonly kind: 'scanned'; readonly content: string; readonly requestId: string }
  // Without an appointment.
  | { readonly kind: 'walkInAsked' }
  | { readonly kind: 'walkInsRead'; readonly services: readonly WalkIn[] | 'unread' }
  | { readonly kind: 'walkInChosen'; readonly service: string; readonly requestId: string }
  // At home.
  | { readonly kind: 'ownStarted'; readonly requestId: string }
  | { readonly kind: 'soundTried' }
  | { readonly kind: 'helpAsked' }
  | { readonly kind: 'back' }
  | { readonly kind: 'home' }
  | { readonly kind: 'enrolled' }
  | { readonly kind: 'enrolRefused'; readonly error: ApiError }
  | { readonly kind: 'opened'; readonly snapshot: KioskSnapshot }
  | { readonly kind: 'openRefused'; readonly error: ApiError }
  // The session.
  | { readonly kind: 'beatAnswered'; readonly state: Beat['state'] }
  | { readonly kind: 'link'; readonly link: Link }
  | { readonly kind: 'peer'; readonly peer: Peer }
  | { readonly kind: 'quality'; readonly quality: Quality }
  | { readonly kind: 'picture'; readonly on: boolean }
  | { readonly kind: 'soundBlocked'; readonly blocked: boolean }
  | { readonly kind: 'screen'; readonly on: boolean }
  | { readonly kind: 'pointed'; readonly at: Pointer }
  | { readonly kind: 'mediaFault'; readonly fault: MediaFault | null }
  | { readonly kind: 'typing'; readonly now: Typing }
  | { readonly kind: 'readingToggled' }
  | { readonly kind: 'repliesToggled' }
  | { readonly kind: 'privacyToggled' }
  | { readonly kind: 'letter'; readonly letter: string }
  | { readonly kind: 'letterErased' }
  | { readonly kind: 'chatSent'; readonly text: string }
  | { readonly kind: 'chatFailed' }
  | { readonly kind: 'paperOpened' }
  | { readonly kind: 'paperShoot'; readonly id: string }
  | { readonly kind: 'paperShot'; readonly page: Sheet }
  | { readonly kind: 'paperRetake' }
  | { readonly kind: 'paperAdded' }
  | { readonly kind: 'paperChosen'; readonly page: number }
  | { readonly kind: 'paperMoved'; readonly by: 1 | -1 }
  | { readonly kind: 'paperRemoved' }
  | { readonly kind: 'paperTurned' }
  | { readonly kind: 'cornersOpened' }
  | { readonly kind: 'cornerMoved'; readonly corner: number; readonly x: number; readonly y: number }
  | { readonly kind: 'cornersWhole' }
  | { readonly kind: 'cornersDone' }
  | { readonly kind: 'cornersLeft' }
  | { readonly kind: 'paperStraightened'; readonly id: string; readonly picture: string }
  | { readonly kind: 'paperFinished'; readonly requestId: string }
  | { readonly kind: 'paperSent' }
  | { readonly kind: 'paperFailed'; readonly detail: string }
  | { readonly kind: 'paperClosed' }
  | { readonly kind: 'signOpened' }
  | { readonly kind: 'signClosed' }
  | { readonly kind: 'signTurned'; readonly by: 1 | -1 }
  | { readonly kind: 'signGo' }
  | { readonly kind: 'signReread' }
  | { readonly kind: 'signTyping' }
  | { readonly kind: 'signDrawn'; readonly drawn: boolean }
  | { readonly kind: 'signCleared' }
  | { readonly kind: 'signConfirmed'; readonly requestId: string }
  | { readonly kind: 'signSent' }
  | { readonly kind: 'signFailed'; readonly detail: string }
  | { readonly kind: 'signRefused' }
  | { readonly kind: 'documentOpened'; readonly id: string }
  | { readonly kind: 'documentClosed' }
  | { readonly kind: 'pageTurned'; readonly by: 1 | -1 }
  // Lacking something.
  | { readonly kind: 'lackOpened' }
  | { readonly kind: 'lackClosed' }
  | { readonly kind: 'lackToggled'; readonly item: string }
  | { readonly kind: 'lackSaid' }
  | { readonly kind: 'lackBack' }
  | { readonly kind: 'timesAsked' }
  | { readonly kind: 'timesRead'; readonly times: readonly string[] }
  | { readonly kind: 'timeChosen'; readonly start: string }
  | { readonly kind: 'cancelAsked' }
  | { readonly kind: 'awayConfirmed' }
  | { readonly kind: 'awayRefused'; readonly detail: string }
  | { readonly kind: 'wentAway' }
  | { readonly kind: 'receiptAsked' }
  | { readonly kind: 'receiptSent'; readonly ok: boolean }
  | { readonly kind: 'printAsked' }
  // The guided test.
  | { readonly kind: 'testOpened' }
  | { readonly kind: 'testStarted' }
  | { readonly kind: 'testTried'; readonly part: Part; readonly ok: boolean | null }
  | { readonly kind: 'testAnswered'; readonly ok: boolean }
  | { readonly kind: 'testSkipped' }
  | { readonly kind: 'testSpot'; readonly spot: number }
  | { readonly kind: 'testSend' }
  | { readonly kind: 'testSent'; readonly ok: boolean }
  | { readonly kind: 'testClosed' }
  // Leaving.
  | { readonly kind: 'leaveAsked' }
  | { readonly kind: 'leaveCancelled' }
  | { readonly kind: 'leaveConfirmed' }
  | { readonly kind: 'left' };

/** What the outside must do once; lasting needs are told by {@link Demand}. */
export type Effect =
  | { readonly kind: 'enrol'; readonly code: string }
  | { readonly kind: 'connect' }
  | { readonly kind: 'refresh' }
  | { readonly kind: 'open'; readonly code: string; readonly requestId: string }
  | { readonly kind: 'walkIns' }
  | { readonly kind: 'takeNumber'; readonly service: string; readonly requestId: string }
  | { readonly kind: 'openOwn'; readonly requestId: string }
  | { readonly kind: 'leave'; readonly session: string }
  | { readonly kind: 'lack'; readonly items: readonly string[] }
  | { readonly kind: 'times' }
  | { readonly kind: 'moveAway'; readonly start: string }
  | { readonly kind: 'cancelAway' }
  | { readonly kind: 'mailReceipt'; readonly session: string }
  | { readonly kind: 'print' }
  | { readonly kind: 'testSound' }
  | { readonly kind: 'testLine' }
  | { readonly kind: 'testSend'; readonly found: Trial['found'] }
  | { readonly kind: 'language'; readonly language: Language }
  | { readonly kind: 'wipe' }
  | { readonly kind: 'chat'; readonly text: string }
  | { readonly kind: 'capture'; readonly id: string }
  | { readonly kind: 'straighten'; readonly id: string; readonly corners: Corners }
  | { readonly kind: 'upload'; readonly pages: readonly string[]; readonly request: string }
  /** Lets go of every captured page but these. */
  | { readonly kind: 'keep'; readonly pages: readonly string[] }
  /** With the drawing, or with a typed name. */
  | { readonly kind: 'sign'; readonly ask: string; readonly request: string; readonly typed: string }
  | { readonly kind: 'refuse'; readonly ask: string }
  | { readonly kind: 'clearPad' }
  | { readonly kind: 'notice' }
  | { readonly kind: 'preload' }
  | { readonly kind: 'say'; readonly key: SayKey; readonly args: Readonly<Record<string, string>>; readonly aloud: boolean };

/** Sentences for the spoken guide and for screen readers, by what they tell. */
export type SayKey =
  | 'start'
  | 'code'
  | 'scan'
  | 'walkin'
  | 'help'
  | 'refusal'
  | 'waiting'
  | 'ringing'
  | 'joining'
  | 'call'
  | 'held'
  | 'dropped'
  | 'end'
  | 'idle'
  | 'offline'
  | 'digit'
  | 'message'
  | 'document'
  | 'aim'
  | 'pages'
  | 'corners'
  | 'sign'
  | 'draw'
  | 'type'
  | 'signed';

/** What must be running as long as the state says so. */
export interface Demand {
  readonly camera: boolean;
  readonly call: boolean;
  /** Connected ahead of the call. */
  readonly standby: boolean;
  readonly ring: boolean;
  readonly scan: boolean;
  readonly sharp: boolean;
  /** Whether this side may be seen and heard by the other. */
  readonly sending: boolean;
}
