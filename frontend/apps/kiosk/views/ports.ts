/** What the views need from outside the state: a way to say what happened, and the live pictures. */
import type { Event } from '../model';

/** Given to every view. The two video elements live longer than the templates that show them. */
export interface Ports {
  readonly send: (event: Event) => void;
  readonly own: HTMLVideoElement;
  readonly other: HTMLVideoElement;
  /** The operator's screen. */
  readonly screen: HTMLVideoElement;
  /** Everybody else in the call. */
  readonly guests: HTMLElement;
  /** The field to sign in. */
  readonly pad: HTMLCanvasElement;
  /** How loud the microphone hears. */
  readonly level: HTMLMeterElement;
  /** A fresh id for a request that may be repeated. */
  readonly newId: () => string;
}
