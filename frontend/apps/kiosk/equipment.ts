/** Says which apparatus the machine has, so that somebody mends what is missing before a citizen sits down. */
import { sendEquipment } from '../../packages/api/kiosk';

/** How long to wait after an answer that did not come, in milliseconds. */
const AGAIN_MS = 60_000;

/** Watches what is plugged in, and says it once the device is enrolled and whenever it changes. */
export class Equipment {
  private said = '';
  private waiting = 0;

  constructor() {
    navigator.mediaDevices?.addEventListener('devicechange', () => void this.say());
  }

  /** Call it whenever the kiosk's line to the server is there; what was said already is not repeated. */
  async say(): Promise<void> {
    if (Date.now() < this.waiting) return;
    const devices = (await navigator.mediaDevices?.enumerateDevices().catch(() => [])) ?? [];
    const has = (kind: MediaDeviceKind): boolean => devices.some((device) => device.kind === kind);
    const found = { camera: has('videoinput'), microphone: has('audioinput') };
    const word = JSON.stringify(found);
    if (word === this.said) return;
    this.said = word;
    await sendEquipment(found).catch(() => {
      this.said = '';
      this.waiting = Date.now() + AGAIN_MS;
    });
  }
}
