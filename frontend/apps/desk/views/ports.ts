/** What the views need from outside the state. */
import type { Event } from '../model';

/** Given to every view. The two video elements live longer than the templates that show them. */
export interface Ports {
  readonly send: (event: Event) => void;
  readonly own: HTMLVideoElement;
  readonly other: HTMLVideoElement;
  /** Everybody else in the call. */
  readonly guests: HTMLElement;
  readonly newId: () => string;
  readonly today: () => string;
  /** Lets the page sound; called inside a press. */
  readonly sound: () => void;
  /** Asks for a file to send. */
  readonly pick: () => void;
}
