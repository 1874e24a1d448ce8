/** What runs beside the kiosk's screen: the line to the operator, the bell, the QR reader. */
import * as api from '../../packages/api/kiosk';
import { Chime, Line, type Link } from '../../packages/call/index';
import type { Demand, Event } from './model';
import { Scanner } from './scanner';

const NOTHING: Demand = {
  camera: false,
  call: false,
  standby: false,
  ring: false,
  scan: false,
  sharp: false,
  sending: false,
};

/** Everything that is not drawn. */
export class Live {
  readonly chime = new Chime();
  readonly line: Line;
  private readonly scanner: Scanner;
  private demand = NOTHING;
  /** Number of this citizen's visit, "" before anyone came. */
  visit = '';

  constructor(send: (event: Event) => void, refresh: () => void, inSession: () => boolean) {
    this.line = new Line(
      {
        join: api.join,
        standBy: () => (inSession() ? api.join() : api.approach(this.visit)),
        beat: api.sendBeat,
      },
      {
        link: (link) => send({ kind: 'link', link }),
        peer: (peer) => send({ kind: 'peer', peer }),
        quality: (quality) => send({ kind: 'quality', quality }),
        picture: (on) => send({ kind: 'picture', on }),
        soundBlocked: (blocked) => send({ kind: 'soundBlocked', blocked }),
        fault: (fault) => send({ kind: 'mediaFault', fault }),
        devices: () => undefined,
        beat: (state) => send({ kind: 'beatAnswered', state }),
        over: refresh,
        screen: (on) => send({ kind: 'screen', on }),
        pointer: (at) => send({ kind: 'pointed', at }),
        typing: (now) => send({ kind: 'typing', now }),
      },
      true, // the citizen came for the operator's face
    );
    this.scanner = new Scanner((content) => send({ kind: 'scanned', content, requestId: crypto.randomUUID() }));
  }

  /** Starts and stops what the state wants running. */
  follow(demand: Demand): void {
    const before = this.demand;
    this.demand = demand;
    if (demand.standby && !before.standby) this.visit = crypto.randomUUID();
    if (!demand.standby && !demand.call && this.visit !== '') {
      api.withdraw(this.visit).catch(() => undefined); // unheard, it is over in two minutes
      this.visit = '';
    }
    this.line.follow({
      standby: demand.standby ? 'here' : '',
      media: demand.camera,
      call: demand.call,
      camera: demand.sending,
      microphone: demand.sending,
    });
    if (demand.ring !== before.ring) demand.ring ? this.chime.ring('call') : this.chime.stop();
    if (demand.scan !== before.scan) demand.scan ? this.scanner.start(this.line.own) : this.scanner.stop();
    if (demand.sharp !== before.sharp) this.line.sharpen(demand.sharp);
  }

  /** Once a second. A kiosk has one window: whoever took its place is gone, or will be asked to leave. */
  tick(link: Link): void {
    this.line.tick(link === 'elsewhere' ? 'off' : link);
  }

  /** Lets the kiosk sound; call it inside a touch. */
  async unlock(): Promise<void> {
    await this.chime.unlock();
    await this.line.startSound();
  }

  /** Stops everything and lets go of every picture. */
  wipe(): void {
    this.follow(NOTHING);
    this.line.wipe();
  }
}
