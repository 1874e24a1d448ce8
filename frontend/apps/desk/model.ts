/** What the desk's state machine speaks: its state, the events that move it, the effects it asks for. */
import type { DeskStep, PassTo } from '../../packages/api/desk';
import type { ApiError } from '../../packages/api/http';
import type { Beat, ByWhat, DeskDay, DeskSnapshot, Emergency, Outcome, Targets } from '../../packages/api/types';
import type { Devices, Link, MediaFault, Peer, Pointer, Quality, Typing } from '../../packages/call/index';

/** What the operator is writing about one session; saved as it is written. */
export interface Draft {
  readonly chat: string;
  readonly note: string;
  readonly outcome: Outcome | null;
}

/** A message that stays until it is dismissed. */
export interface Toast {
  readonly id: number;
  readonly tone: 'error' | 'info';
  readonly text: string;
  readonly reference: string;
}

/** Windows over the desk. */
export type Dialog = 'keys' | 'emergency' | 'invite' | 'day' | 'devices' | 'no_show' | 'paper' | 'pass' | 'chosen' | 'ask_paper' | 'ask_signature';

/** The window in which a person is passed on. */
export interface Passing {
  /** Where to; null while it is being read. */
  readonly targets: Targets | 'unread' | null;
  readonly to: PassTo | null;
  readonly why: string;
  /** What is wrong, in the server's words. */
  readonly wrong: string;
}

/** The window in which somebody is invited. */
export interface Inviting {
  readonly name: string;
  readonly colleagues: Targets['colleagues'];
  readonly busy: boolean;
  readonly wrong: string;
}

/** What is being asked of the citizen. */
export interface Asking {
  /** Of the paper, or the title of a text. */
  readonly name: string;
  /** How many are expected; 0 for any number. */
  readonly pages: number;
  /** What is to be signed, "" for a text of the operator's. */
  readonly document: string;
  readonly text: string;
  readonly busy: boolean;
  /** What is wrong, in the server's words. */
  readonly wrong: string;
}

/** The day's list. */
export interface Day {
  readonly date: string;
  readonly status: 'loading' | 'ready' | 'failed';
  readonly appointments: DeskDay['appointments'];
}

/** The whole state of a desk. Times are milliseconds of the page's clock. */
export interface Model {
  readonly phase: 'boot' | 'ready' | 'expired';
  readonly now: number;
  /** How far the server's clock is ahead of this machine's. */
  readonly skew: number;
  readonly lineUp: boolean;
  readonly lineDownAt: number;
  readonly snapshot: DeskSnapshot | null;
  /** The claim in flight, by its request id. */
  readonly claiming: string | null;
  /** After a session: who it was and what could not be sent with the close; null when ready for the next. */
  readonly breath: { readonly name: string; readonly note: string; readonly byCitizen: boolean } | null;
  readonly call: {
    readonly link: Link;
    readonly peer: Peer;
    readonly quality: Quality;
    readonly picture: boolean;
    readonly soundBlocked: boolean;
    /** What the citizen is writing at this moment, and whether they read instead of hearing. */
    readonly typing: Typing;
  };
  readonly fault: MediaFault | null;
  readonly devices: Devices | null;
  readonly microphone: boolean;
  readonly camera: boolean;
  /** The operator's screen is shown at the kiosk. */
  readonly sharing: boolean;
  readonly draft: Draft;
  /** The step in flight; others wait. */
  readonly busy: DeskStep | 'pass' | 'close' | null;
  readonly passing: Passing | null;
  readonly inviting: Inviting | null;
  readonly asking: Asking | null;
  /** The window of an emergency: before it is called, while it is, and what was answered. */
  readonly help: 'ask' | 'calling' | Emergency;
  /** Who is about to be called before others, and why. */
  readonly choosing: { readonly id: string; readonly why: string } | null;
  /** A close in flight for this session. */
  readonly closing: string | null;
  readonly uploads: number;
  readonly dialog: Dialog | null;
  readonly day: Day | null;
  readonly viewing: string | null;
  readonly toasts: readonly Toast[];
  readonly nextToast: number;
  readonly shortcuts: boolean;
  readonly soundAllowed: boolean;
}

/** Everything that can happen to a desk. */
export type Event =
  | { readonly kind: 'tick'; readonly now: number }
  | { readonly kind: 'snapshot'; readonly snapshot: DeskSnapshot }
  | { readonly kind: 'lineUp' }
  | { readonly kind: 'lineDown'; readonly error: ApiError }
  | { readonly kind: 'soundChanged'; readonly allowed: boolean }
  | { readonly kind: 'shortcutsToggled' }
  | { readonly kind: 'shortcutsSet'; readonly on: boolean }
  // Who waits.
  | { readonly kind: 'next'; readonly requestId: string; readonly chosen?: string }
  | { readonly kind: 'chosenReasoned'; readonly why: string }
  | { readonly kind: 'chosenConfirmed'; readonly requestId: string }
  | { readonly kind: 'claimed'; readonly snapshot: DeskSnapshot }
  | { readonly kind: 'claimFailed'; readonly error: ApiError }
  | { readonly kind: 'rested' }
  | { readonly kind: 'breakToggled' }
  | { readonly kind: 'helpCalled' }
  | { readonly kind: 'helpAnswered'; readonly answer: Emergency }
  | { readonly kind: 'helpFailed'; readonly error: ApiError }
  // The person.
  | { readonly kind: 'microphoneToggled' }
  | { readonly kind: 'cameraToggled' }
  | { readonly kind: 'shareToggled' }
  | { readonly kind: 'sharing'; readonly on: boolean }
  | { readonly kind: 'typing'; readonly now: Typing }
  | { readonly kind: 'pointed'; readonly at: Pointer }
  | { readonly kind: 'link'; readonly link: Link }
  | { readonly kind: 'peer'; readonly peer: Peer }
  | { readonly kind: 'quality'; readonly quality: Quality }
  | { readonly kind: 'picture'; readonly on: boolean }
  | { readonly kind: 'soundBlocked'; readonly blocked: boolean }
  | { readonly kind: 'mediaFault'; readonly fault: MediaFault | null }
  | { readonly kind: 'devices'; readonly devices: Devices }
  | { readonly kind: 'deviceChosen'; readonly device: 'camera' | 'microphone'; readonly id: string }
  | { readonly kind: 'takenBack' }
  | { readonly kind: 'beatAnswered'; readonly state: Beat['state'] }
  | { readonly kind: 'step'; readonly step: DeskStep }
  | { readonly kind: 'stepDone' }
  | { readonly kind: 'failed'; readonly error: ApiError }
  | { readonly kind: 'recognised'; readonly how: ByWhat }
  | { readonly kind: 'targetsRead'; readonly targets: Targets | 'unread' }
  | { readonly kind: 'guestNamed'; readonly name: string }
  | { readonly kind: 'guestInvited'; readonly colleague: string }
  | { readonly kind: 'guestReady' }
  | { readonly kind: 'guestRefused'; readonly error: ApiError }
  | { readonly kind: 'guestSentAway'; readonly id: string }
  | { readonly kind: 'passChosen'; readonly to: PassTo }
  | { readonly kind: 'passReasoned'; readonly why: string }
  | { readonly kind: 'passAsked' }
  | { readonly kind: 'passRefused'; readonly error: ApiError }
  | { readonly kind: 'askTyped'; readonly change: Partial<Asking> }
  | { readonly kind: 'askSubmitted' }
  | { readonly kind: 'askReady' }
  | { readonly kind: 'askRefused'; readonly error: ApiError }
  | { readonly kind: 'askWithdrawn'; readonly id: string }
  // The matter.
  | { readonly kind: 'restored'; readonly session: string; readonly draft: Draft }
  | { readonly kind: 'chatTyped'; readonly text: string }
  | { readonly kind: 'chatSubmitted'; readonly requestId: string }
  | { readonly kind: 'chatFailed'; readonly text: string; readonly error: ApiError }
  | { readonly kind: 'noteTyped'; readonly text: string }
  | { readonly kind: 'outcomeChosen'; readonly outcome: Outcome }
  | { readonly kind: 'closeAsked' }
  | { readonly kind: 'closeDone' }
  | { readonly kind: 'filesChosen'; readonly files: readonly File[] }
  | { readonly kind: 'uploadDone' }
  | { readonly kind: 'uploadFailed'; readonly error: ApiError }
  | { readonly kind: 'paperOpened'; readonly id: string }
  // Windows and messages.
  | { readonly kind: 'dialogOpened'; readonly dialog: Dialog; readonly date?: string }
  | { readonly kind: 'dialogClosed' }
  | { readonly kind: 'dayFetched'; readonly date: string; readonly day: DeskDay }
  | { readonly kind: 'dayFailed'; readonly date: string; readonly error: ApiError }
  | { readonly kind: 'dismissed'; readonly id: number };

/** What the outside must do once. */
export type Effect =
  | { readonly kind: 'claim'; readonly requestId: string; readonly chosen: string | null; readonly why: string }
  | { readonly kind: 'step'; readonly step: DeskStep }
  | { readonly kind: 'identify'; readonly how: ByWhat }
  | { readonly kind: 'break'; readonly on: boolean }
  | { readonly kind: 'help' }
  | { readonly kind: 'targets' }
  | { readonly kind: 'invite'; readonly name: string; readonly colleague: string }
  | { readonly kind: 'sendAway'; readonly id: string }
  | { readonly kind: 'ask'; readonly what: 'ask_paper' | 'ask_signature'; readonly of: Asking }
  | { readonly kind: 'withdrawAsk'; readonly id: string }
  | { readonly kind: 'pass'; readonly to: PassTo; readonly why: string }
  | { readonly kind: 'close'; readonly outcome: Outcome; readonly note: string }
  | { readonly kind: 'chat'; readonly text: string; readonly requestId: string }
  | { readonly kind: 'upload'; readonly file: File }
  | { readonly kind: 'day'; readonly date: string }
  | { readonly kind: 'refresh' }
  | { readonly kind: 'restore'; readonly session: string }
  | { readonly kind: 'save'; readonly session: string; readonly draft: Draft }
  | { readonly kind: 'forget'; readonly session: string }
  | { readonly kind: 'keepShortcuts'; readonly on: boolean }
  | { readonly kind: 'use'; readonly device: 'camera' | 'microphone'; readonly id: string }
  | { readonly kind: 'takeBack' }
  | { readonly kind: 'share' }
  | { readonly kind: 'point'; readonly at: Pointer }
  | { readonly kind: 'arrival' }
  | { readonly kind: 'notice' }
  | { readonly kind: 'say'; readonly key: SayKey; readonly args: Readonly<Record<string, string | number>> };

/** What screen readers are told. */
export type SayKey = 'arrival' | 'called' | 'connected' | 'held' | 'dropped' | 'ended' | 'parked' | 'passed' | 'message' | 'document' | 'offline' | 'online';

/** What must be running as long as the state says so. */
export interface Demand {
  readonly media: boolean;
  readonly call: boolean;
  readonly camera: boolean;
  readonly microphone: boolean;
  /** The room to stand by in, "" where there is none. */
  readonly standby: string;
}
