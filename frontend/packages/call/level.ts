/** Shows how loud a microphone hears, for who wants to know whether it works. */

/** Time between two looks, in milliseconds. */
const LOOK_MS = 100;
/** What counts as full: a voice at arm's length. */
const FULL = 0.25;
/** What counts as hearing something, of {@link FULL}. */
const HEARD = 0.3;

/** A meter that follows a microphone; the screen only places its element. */
export class Level {
  readonly element = document.createElement('meter');
  private track: MediaStreamTrack | null = null;
  private context: AudioContext | null = null;
  private timer: ReturnType<typeof setInterval> | undefined;

  /** @param heard told, again and again, while the microphone hears something. */
  constructor(private readonly heard: () => void = () => undefined) {
    this.element.className = 'level';
  }

  /** Shows another microphone, or none. */
  follow(track: MediaStreamTrack | null): void {
    if (track === this.track) return;
    this.track = track;
    clearInterval(this.timer);
    void this.context?.close();
    this.context = null;
    this.element.value = 0;
    if (track === null) return;
    const context = new AudioContext();
    this.context = context;
    const ear = context.createAnalyser();
    context.createMediaStreamSource(new MediaStream([track])).connect(ear);
    const samples = new Float32Array(ear.fftSize);
    this.timer = setInterval(() => {
      if (context.state === 'suspended') void context.resume(); // until the first touch
      ear.getFloatTimeDomainData(samples);
      this.element.value = Math.min(1, Math.max(...samples) / FULL);
      if (this.element.value > HEARD) this.heard();
    }, LOOK_MS);
  }
}
