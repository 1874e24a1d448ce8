/** What runs beside the desk's screen: the line to the kiosk, and the bell. */
import * as api from '../../packages/api/desk';
import { Chime, Line } from '../../packages/call/index';
import type { Event } from './model';

/** Makes the desk's line: everything it hears becomes an event. */
export function newLine(send: (event: Event) => void, refresh: () => void): Line {
  return new Line(
    { join: api.join, standBy: api.standBy, beat: api.sendBeat },
    {
      link: (link) => send({ kind: 'link', link }),
      peer: (peer) => send({ kind: 'peer', peer }),
      quality: (quality) => send({ kind: 'quality', quality }),
      picture: (on) => send({ kind: 'picture', on }),
      soundBlocked: (blocked) => send({ kind: 'soundBlocked', blocked }),
      fault: (fault) => send({ kind: 'mediaFault', fault }),
      devices: (devices) => send({ kind: 'devices', devices }),
      beat: (state) => send({ kind: 'beatAnswered', state }),
      over: refresh,
      screen: (on) => send({ kind: 'sharing', on }),
      pointer: () => undefined,
      typing: (now) => send({ kind: 'typing', now }),
    },
  );
}

/** The bell of the desk. */
export const bell = new Chime();
