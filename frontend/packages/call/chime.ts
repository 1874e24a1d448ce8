/** Sounds made on the spot: no file to load, no file to be missing. */

/** A note: its pitch in hertz, when it starts and how long it lasts, in seconds. */
interface Note {
  readonly hz: number;
  readonly at: number;
  readonly for: number;
}

const TUNES = {
  /** Someone is calling: two rising notes, twice. */
  call: [
    { hz: 587, at: 0, for: 0.35 },
    { hz: 784, at: 0.28, for: 0.6 },
    { hz: 587, at: 1.0, for: 0.35 },
    { hz: 784, at: 1.28, for: 0.6 },
  ],
  /** Someone waits: one soft pair. */
  arrival: [
    { hz: 659, at: 0, for: 0.4 },
    { hz: 523, at: 0.3, for: 0.7 },
  ],
  /** Please look at the screen. */
  notice: [{ hz: 880, at: 0, for: 0.5 }],
} as const satisfies Record<string, readonly Note[]>;

/** How loud, from 0 to 1: gentle in an office, audible in a hall. */
const GAIN = 0.16;
/** Pause between two rings, in milliseconds. */
const REPEAT_MS = 3_200;

/** Plays the few sounds of a counter. */
export class Chime {
  private context: AudioContext | null = null;
  private timer: ReturnType<typeof setInterval> | undefined;

  /** Whether the browser lets this page sound; it wants a touch or a key first. */
  get allowed(): boolean {
    return this.context?.state === 'running';
  }

  /** Call it inside a touch or a key press: from then on sounds are allowed. */
  async unlock(): Promise<boolean> {
    this.context ??= new AudioContext();
    // A context that is refused never settles, so the wait has an end.
    await Promise.race([this.context.resume(), new Promise((resolve) => setTimeout(resolve, 300))]);
    return this.allowed;
  }

  /** Plays a tune once, if sounds are allowed. */
  play(name: keyof typeof TUNES): void {
    const context = this.context;
    if (context === null || context.state !== 'running') return;
    for (const note of TUNES[name]) tone(context, note);
  }

  /** Plays a tune again and again until {@link stop}. */
  ring(name: keyof typeof TUNES): void {
    if (this.timer !== undefined) return;
    this.play(name);
    this.timer = setInterval(() => this.play(name), REPEAT_MS);
  }

  /** Ends the ringing. */
  stop(): void {
    clearInterval(this.timer);
    this.timer = undefined;
  }
}

function tone(context: AudioContext, note: Note): void {
  const start = context.currentTime + note.at;
  const oscillator = context.createOscillator();
  const gain = context.createGain();
  oscillator.type = 'sine';
  oscillator.frequency.value = note.hz;
  gain.gain.setValueAtTime(0, start);
  gain.gain.linearRampToValueAtTime(GAIN, start + 0.03);
  gain.gain.exponentialRampToValueAtTime(0.0001, start + note.for);
  oscillator.connect(gain).connect(context.destination);
  oscillator.start(start);
  oscillator.stop(start + note.for + 0.05);
}
