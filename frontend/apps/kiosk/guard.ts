/** Makes a page behave like an appliance: nothing to select, drag, zoom, open or print; keys are keys of the kiosk. */

/** What the guard hears. */
export interface Keys {
  digit(digit: string): void;
  erase(): void;
  /** A letter of a keyboard; true when somebody writes and takes it. */
  letter(letter: string): boolean;
  enter(): void;
  touched(): void;
  /** A key that a switch may send; true when it is used up. */
  switched(event: KeyboardEvent): boolean;
  /** A touch or key that only lets the page sound. */
  sound(): void;
}

/** Keys a citizen needs: to move, to press, to close a question. All others do nothing. */
const ALLOWED = ['Tab', 'Enter', ' ', 'Escape', 'ArrowUp', 'ArrowDown', 'ArrowLeft', 'ArrowRight', 'PageUp', 'PageDown'];

/** Starts guarding. */
export function guard(root: HTMLElement, keys: Keys): void {
  const refuse = (event: Event): void => event.preventDefault();
  for (const name of ['contextmenu', 'selectstart', 'dragstart', 'dragover', 'drop', 'gesturestart', 'beforeprint']) {
    document.addEventListener(name, refuse);
  }
  document.addEventListener('wheel', (event) => event.ctrlKey && event.preventDefault(), { passive: false });
  document.addEventListener('touchmove', (event) => event.touches.length > 1 && event.preventDefault(), { passive: false });
  document.addEventListener('pointerdown', (event) => touched(event, keys), { capture: true });
  document.addEventListener('keydown', (event) => press(root, event, keys), { capture: true });
}

/** A touch proves that somebody is there; the buttons of the question "still here?" answer it themselves. */
function touched(event: Event, keys: Keys): void {
  const question = document.querySelector('dialog[data-question]');
  if (event.target instanceof Node && event.target !== question && question?.contains(event.target)) return keys.sound();
  keys.touched();
}

function press(root: HTMLElement, event: KeyboardEvent, keys: Keys): void {
  touched(event, keys);
  if (event.ctrlKey || event.altKey || event.metaKey) return event.preventDefault();
  if ((event.key === ' ' || event.key === 'Enter') && keys.switched(event)) return event.preventDefault();
  const pressesSpace = event.key === ' ' && onControl(root);
  if ([...event.key].length === 1 && !pressesSpace && keys.letter(event.key)) return event.preventDefault();
  if (/^\d$/.test(event.key)) {
    event.preventDefault();
    return keys.digit(event.key);
  }
  if (event.key === 'Backspace' || event.key === 'Delete') {
    event.preventDefault();
    return keys.erase();
  }
  if (event.key === 'Enter' && !onControl(root)) {
    event.preventDefault();
    return keys.enter();
  }
  if (!ALLOWED.includes(event.key)) event.preventDefault();
}

/** Whether the focus is on something that Enter itself presses. */
function onControl(root: HTMLElement): boolean {
  const focused = document.activeElement;
  if (!(focused instanceof HTMLButtonElement) || !root.contains(focused)) return false;
  // A key of the screen that was touched keeps the focus, but Enter on a keyboard then means "go on".
  return !focused.matches('.key, .letter') || focused.matches(':focus-visible');
}
