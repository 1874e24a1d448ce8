/** The spoken guide: speech in the chosen language from a voice on the machine itself, never from the network. */
import { language } from '../text/index';

/** Speaks one sentence at a time; silent where the machine has no voice of its own for the language. */
export class Voice {
  /** Says a sentence, replacing what was being said. Returns whether there is a voice to say it. */
  say(sentence: string): boolean {
    const voice = this.voice();
    if (voice === undefined || sentence === '') return false;
    speechSynthesis.cancel();
    const words = new SpeechSynthesisUtterance(sentence);
    words.voice = voice;
    words.lang = voice.lang;
    words.rate = 0.95;
    speechSynthesis.speak(words);
    return true;
  }

  /** Stops at once. */
  hush(): void {
    if ('speechSynthesis' in globalThis) speechSynthesis.cancel();
  }

  /** Whether something is being said now. */
  get speaking(): boolean {
    return 'speechSynthesis' in globalThis && speechSynthesis.speaking;
  }

  /** Whether this machine can speak the chosen language without sending the words anywhere. */
  get available(): boolean {
    return this.voice() !== undefined;
  }

  private voice(): SpeechSynthesisVoice | undefined {
    if (!('speechSynthesis' in globalThis)) return undefined;
    return speechSynthesis.getVoices().find((voice) => voice.localService && voice.lang.toLowerCase().startsWith(language()));
  }
}
