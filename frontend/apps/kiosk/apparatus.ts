/** Tries what a machine can try by itself: whether its microphone hears its loudspeaker, whether its line carries video. */
import { sendTest, testRoom } from '../../packages/api/kiosk';
import { reach } from '../../packages/call/index';
import type { Part } from './model';

/** The tone, in hertz: within what small loudspeakers give, away from the hum of a room. */
const TONE = 1_320;
/** How long it sounds, in seconds. */
const TONE_S = 2;
/** How much louder than before the tone must be at its own pitch, in decibels. */
export const CLEARER_DB = 15;

/** Whether the tone stands out against the moment before it. */
export function stoodOut(before: readonly number[], during: readonly number[]): boolean {
  const middle = (all: readonly number[]): number => [...all].sort((a, b) => a - b)[Math.floor(all.length / 2)] ?? -Infinity;
  return middle(during) - middle(before) >= CLEARER_DB;
}

/** Plays a tone. True when the microphone heard it; null when only a person can tell. */
export async function soundHeard(): Promise<true | null> {
  const context = new AudioContext();
  // What the call takes out of the microphone, its own loudspeaker, is what is listened for.
  const raw = { echoCancellation: false, noiseSuppression: false, autoGainControl: false };
  const stream = await navigator.mediaDevices.getUserMedia({ audio: raw }).catch(() => null);
  try {
    await context.resume();
    const ear = context.createAnalyser();
    ear.smoothingTimeConstant = 0;
    if (stream !== null) context.createMediaStreamSource(stream).connect(ear);
    const bins = new Float32Array(ear.frequencyBinCount);
    const bin = Math.round((TONE * ear.fftSize) / context.sampleRate);
    const listen = async (looks: number): Promise<number[]> => {
      const levels: number[] = [];
      for (let i = 0; i < looks; i++) {
        await new Promise((done) => setTimeout(done, 100));
        ear.getFloatFrequencyData(bins);
        levels.push(bins[bin] ?? -Infinity);
      }
      return levels;
    };
    const before = await listen(8);
    const tone = context.createOscillator();
    const gain = context.createGain();
    gain.gain.value = 0.3;
    tone.frequency.value = TONE;
    tone.connect(gain).connect(context.destination);
    tone.start();
    tone.stop(context.currentTime + TONE_S);
    const during = await listen(TONE_S * 10);
    return stream !== null && stoodOut(before, during) ? true : null;
  } finally {
    for (const track of stream?.getTracks() ?? []) track.stop();
    void context.close();
  }
}

/** Whether this machine gets into a video room of the server and media can flow. */
export async function lineCarries(): Promise<boolean> {
  try {
    return await reach(await testRoom());
  } catch {
    return false;
  }
}

/** Tells the server what was found. */
export const tell = (found: Readonly<Partial<Record<Part, boolean>>>): Promise<void> => sendTest(found);
