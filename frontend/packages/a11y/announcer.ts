/** Tells screen readers what happened, without moving anyone's focus. */

/** Time between two announcements; readers swallow faster ones. */
const GAP_MS = 150;

/**
 * Two live regions that exist from the start (a region inserted together with its text is not read).
 * Repeating the same sentence is read again, because the region is emptied first.
 */
export class Announcer {
  private readonly polite: HTMLElement;
  private readonly assertive: HTMLElement;
  private timer: ReturnType<typeof setTimeout> | undefined;

  /** @param host where the two regions are appended; normally the body. */
  constructor(host: HTMLElement) {
    this.polite = region('polite', 'status');
    this.assertive = region('assertive', 'alert');
    host.append(this.polite, this.assertive);
  }

  /** Reads a sentence when the reader is free, or at once when it is urgent. */
  say(sentence: string, urgent = false): void {
    const target = urgent ? this.assertive : this.polite;
    target.textContent = '';
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      target.textContent = sentence;
    }, GAP_MS);
  }

  /** Empties both regions, e.g. when nothing of a person may remain. */
  clear(): void {
    clearTimeout(this.timer);
    this.polite.textContent = '';
    this.assertive.textContent = '';
  }
}

function region(live: 'polite' | 'assertive', role: string): HTMLElement {
  const element = document.createElement('div');
  element.className = 'sr-announcer';
  element.setAttribute('aria-live', live);
  element.setAttribute('role', role);
  return element;
}
