/** Moves the mark of {@link scanning} over the buttons of the screen, and presses them. */
import { choose, FIRST, onward, PACE, type Row, type ScanMode, within } from './scanning';

/** How long a switch is held on the first screen before scanning starts, in milliseconds. */
const HOLD_MS = 2_000;
/** A press that follows so closely is a tremor, in milliseconds. */
const TREMOR_MS = 250;
const LOOK_MS = 100;

interface Buttons extends Row {
  readonly all: readonly HTMLElement[];
}

/** What the switches need of the kiosk. */
export interface Surroundings {
  /** Says what is marked, when the voice is on. */
  say(label: string): void;
  /** The voice is still saying something; the mark waits for it. */
  speaking(): boolean;
  /** Whether a held switch may start scanning: nobody uses the kiosk now. */
  idle(): boolean;
  /** A switch was held. */
  held(): void;
}

/** The one or two switches; what they send arrives as Space and Enter. */
export class Switches {
  private mode: ScanMode = 'off';
  private mark = FIRST;
  private scene = '';
  private unsaid = '';
  private movedAt = 0;
  private pressedAt = 0;
  private timer: ReturnType<typeof setInterval> | undefined;
  private hold: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly root: HTMLElement, private readonly around: Surroundings) {
    document.addEventListener('keyup', () => clearTimeout(this.hold));
  }

  /** Call it after each drawing of the screen. */
  follow(mode: ScanMode): void {
    if (mode !== this.mode) {
      this.mode = mode;
      this.mark = FIRST;
      clearInterval(this.timer);
      this.timer = mode === 'off' ? undefined : setInterval(() => this.look(), LOOK_MS);
      this.movedAt = performance.now();
    }
    this.paint();
  }

  /** A key that a switch may send. True when it is used up. */
  press(event: KeyboardEvent): boolean {
    if (this.mode === 'off') {
      if (!event.repeat && this.around.idle()) {
        clearTimeout(this.hold);
        this.hold = setTimeout(() => this.around.held(), HOLD_MS);
      }
      return false;
    }
    const now = performance.now();
    if (event.repeat || now - this.pressedAt < TREMOR_MS) return true;
    this.pressedAt = now;
    this.movedAt = now;
    const rows = this.rows();
    if (this.mode === 'step' && event.key === ' ') {
      this.mark = onward(within(this.mark, rows), rows, false);
      this.paint();
      return true;
    }
    const at = within(this.mark, rows);
    const { mark, press } = choose(at, rows);
    this.mark = mark;
    if (press !== null) rows[at.row]?.all[press]?.click();
    this.paint();
    return true;
  }

  private look(): void {
    this.paint(); // a question opens a moment after the screen was drawn
    if (this.around.speaking()) {
      this.movedAt = performance.now();
      return;
    }
    if (this.unsaid !== '') {
      this.around.say(this.unsaid);
      this.unsaid = '';
    }
    if (this.mode === 'off' || this.mode === 'step' || performance.now() - this.movedAt < PACE[this.mode]) return;
    const rows = this.rows();
    this.mark = onward(within(this.mark, rows), rows, true);
    this.movedAt = performance.now();
    this.paint();
  }

  /** The buttons of the open question, else of the screen: its keypad first, what stands around it last. */
  private rows(): readonly Buttons[] {
    const scope = [...document.querySelectorAll<HTMLElement>('dialog[open]')].at(-1) ?? this.root;
    const order = (one: Element): number => ['.keypad', '.main, dialog', '.footer', '.kiosk'].findIndex((part) => one.closest(part) !== null);
    const found = [...scope.querySelectorAll<HTMLElement>('button:not(:disabled), a[href]')].filter((one) => one.checkVisibility());
    const rows: { family: Element | null; line: number; all: HTMLElement[] }[] = [];
    for (const one of found.sort((a, b) => order(a) - order(b))) {
      const { top, height } = one.getBoundingClientRect();
      const line = top + height / 2;
      const row = rows.find((r) => r.family === one.parentElement && Math.abs(r.line - line) < height / 2);
      if (row) row.all.push(one);
      else rows.push({ family: one.parentElement, line, all: [one] });
    }
    return rows.map(({ family, all }) => ({ family, size: all.length, all }));
  }

  private paint(): void {
    const marked = this.mode === 'off' ? [] : this.marked();
    for (const old of document.querySelectorAll('[data-scan]')) if (!marked.includes(old as HTMLElement)) old.removeAttribute('data-scan');
    for (const one of marked) if (!one.hasAttribute('data-scan')) one.setAttribute('data-scan', '');
    const label = marked.map((one) => one.getAttribute('aria-label') ?? one.textContent?.trim() ?? '').join(', ');
    if (label === this.scene) return;
    this.scene = label;
    this.unsaid = label;
    marked[0]?.scrollIntoView({ block: 'nearest' });
  }

  private marked(): readonly HTMLElement[] {
    const rows = this.rows();
    this.mark = within(this.mark, rows);
    const row = rows[this.mark.row];
    if (row === undefined) return [];
    return this.mark.item === null ? row.all : row.all.slice(this.mark.item, this.mark.item + 1);
  }
}
