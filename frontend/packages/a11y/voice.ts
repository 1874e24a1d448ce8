/** The spoken guide: Italian speech from a voice on the machine itself, never from the network. */

/** Speaks one sentence at a time; silent where the machine has no Italian voice of its own. */
export class Voice {
  /** Says a sentence, replacing what was being said. Returns whether there is a voice to say it. */
  say(sentence: string): boolean {
    const voice = this.italian();
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

  /** Whether this machine can speak Italian without sending the words anywhere. */
  get available(): boolean {
    return this.italian() !== undefined;
  }

  private italian(): SpeechSynthesisVoice | undefined {
    if (!('speechSynthesis' in globalThis)) return undefined;
    return speechSynthesis.getVoices().find((voice) => voice.localService && voice.lang.toLowerCase().startsWith('it'));
  }
}
