/** Camera, call and heartbeats of one side of a session, made to follow what its state demands. */
import { ApiError } from '../api/http';
import type { Beat, SessionState, Ticket } from '../api/types';
import { Call, type Link, type Pointer, type Quality, type RemoteMedia, type Typing } from './call';
import { Guests } from './guests';
import type { Peer } from './heartbeat';
import { type Devices, Media, type MediaFault } from './media';

/** Time between two heartbeats to the server, in milliseconds. */
const BEAT_MS = 3_000;
/** Time between two attempts to open a camera that did not answer, in milliseconds. */
const CAMERA_RETRY_MS = 5_000;
/** Time between two attempts to take up a call the server said was over, in milliseconds. */
const AGAIN_MS = 3_000;
/** Answers after which there is no call to be in. */
const OVER: readonly number[] = [401, 403, 404, 409, 410];

/** What runs while the state says so. */
export interface LineDemand {
  /** The devices are open. */
  readonly media: boolean;
  /** The call is up. */
  readonly call: boolean;
  /** The other side may see and hear this one. */
  readonly camera: boolean;
  readonly microphone: boolean;
  /** Where this side stands by while no call is up; another word is another place, "" is none. */
  readonly standby: string;
}

/** The way into a call that a claim brings: `standing` where this side stands by in its room. */
export type Way = Ticket | 'standing' | null;

/** The operations of the server a call needs. */
export interface LineApi {
  join(): Promise<Ticket>;
  /** A ticket to stand by with, and the room where the server tells it. */
  standBy(): Promise<Ticket & { readonly room?: string }>;
  beat(peer: boolean): Promise<Beat>;
}

/** What the owner of a line hears; each becomes an event of its machine. */
export interface LineListener {
  link(link: Link): void;
  peer(peer: Peer): void;
  quality(quality: Quality): void;
  /** Whether the other side's picture is moving. */
  picture(on: boolean): void;
  soundBlocked(blocked: boolean): void;
  fault(fault: MediaFault | null): void;
  devices(devices: Devices): void;
  beat(state: SessionState): void;
  /** Whether the other side shows its screen, or this one does. */
  screen(on: boolean): void;
  /** The other side points at something. */
  pointer(at: Pointer): void;
  /** What the other side is writing now. */
  typing(now: Typing): void;
  /** The server says that there is no call: time to look at its state again. */
  over(): void;
}

const OFF: LineDemand = { media: false, call: false, camera: false, microphone: false, standby: '' };

/** One side of a session. The two video elements belong to it; the screen only places them. */
export class Line {
  /** The picture of this side, mirrored by its class. */
  own = newVideo(true);
  /** The picture of the other side. */
  other = newVideo(false);
  /** The other side's screen. */
  screen = newVideo(false);
  private shared: MediaStreamTrack | null = null;
  /** Everybody else whom the operator invited. */
  readonly guests = new Guests();
  private readonly voice = document.createElement('audio');
  private demand = OFF;
  private call: Call | null = null;
  private remote: RemoteMedia = { video: null, audio: null };
  private beats: ReturnType<typeof setInterval> | undefined;
  private triedAt = 0;
  private startedAt = 0;
  private coming: Promise<Way> | null = null;
  private standing: Call | null = null;
  private room = '';
  private readonly media: Media;

  constructor(
    private readonly api: LineApi,
    private readonly listener: LineListener,
    /** A kiosk: it lets the other's face go first, and it stands by in the room its session will have. */
    private readonly kiosk = false,
  ) {
    this.voice.autoplay = true;
    this.media = new Media({
      tracks: (camera, microphone) => {
        this.own.srcObject = camera === null ? null : new MediaStream([camera]);
        for (const call of [this.call, this.standing]) call?.send(camera, microphone);
        if (camera !== null && microphone !== null) listener.fault(null);
      },
      fault: (fault) => listener.fault(fault),
      devices: (devices) => listener.devices(devices),
    });
  }

  /** Starts and stops what changed since the last demand. */
  follow(demand: LineDemand): void {
    const before = this.demand;
    this.demand = demand;
    if (demand.media && !before.media) this.openMedia();
    if (!demand.media && before.media) this.media.stop();
    if (demand.call && !before.call) this.startCall();
    if (!demand.call && before.call) this.endCall();
    if (!demand.call && (before.call || demand.standby !== before.standby)) this.stand(demand.standby);
    if (demand.camera !== before.camera || demand.microphone !== before.microphone) {
      this.call?.allow(demand.camera, demand.microphone);
    }
    for (const video of [this.own, this.other, this.screen]) {
      // A video that moved in the page stands still until told to go on.
      if (video.isConnected && video.paused && video.srcObject !== null) video.play().catch(() => undefined);
    }
  }

  /** Once a second: a camera that failed is tried again, a call that gave up is taken up again. */
  tick(link: Link): void {
    const blind = this.media.cameraTrack === null || this.media.microphoneTrack === null;
    if (this.demand.media && blind && performance.now() - this.triedAt > CAMERA_RETRY_MS) this.openMedia();
    if (!this.demand.call || link !== 'off' || performance.now() - this.startedAt < AGAIN_MS) return;
    this.startedAt = performance.now();
    this.call?.start();
  }

  /** This side's microphone while it is open. */
  get microphone(): MediaStreamTrack | null {
    return this.media.microphoneTrack;
  }

  /** The room in which this side stands by, "" when it stands in none. */
  get standbyRoom(): string {
    return this.standing?.link === 'on' ? this.room : '';
  }

  /** Announces the way that comes with another answer; the next call waits for it instead of asking for one. */
  expect(way: Promise<Way>): void {
    this.coming = way.catch(() => null);
  }

  /** Takes the call back from another window. */
  takeBack(): void {
    this.call?.start();
  }

  /** Lets the other side's voice be heard; call it inside a touch or a key press. */
  async startSound(): Promise<void> {
    await this.call?.startSound();
  }

  /** Switches to another camera or microphone. */
  use(kind: 'camera' | 'microphone', id: string): void {
    void this.media.use(kind, id);
  }

  /** Asks which screen or window to show, and shows it; again, and it stops. */
  async shareScreen(): Promise<void> {
    if (this.shared !== null) return this.stopSharing();
    let stream: MediaStream;
    try {
      stream = await navigator.mediaDevices.getDisplayMedia({ video: true, audio: false });
    } catch {
      return; // they changed their mind
    }
    const track = stream.getVideoTracks()[0] ?? null;
    if (track === null || this.call === null) return track?.stop();
    this.shared = track;
    track.addEventListener('ended', () => this.stopSharing());
    this.listener.screen(true);
    await this.call.share(track).catch(() => this.stopSharing());
  }

  private stopSharing(): void {
    if (this.shared === null) return;
    this.shared.stop();
    this.shared = null;
    this.listener.screen(false);
    void this.call?.share(null).catch(() => undefined);
  }

  /** Points at a place for the other side. */
  point(at: Pointer): void {
    this.call?.point(at);
  }

  /** Shows the other side what is being written here. */
  write(now: Typing): void {
    this.call?.write(now);
  }

  /** Asks the camera for a paper's sharpness, or for a face's economy again. */
  sharpen(paper: boolean): void {
    void this.media.sharpen(paper);
  }

  /** Stops everything and lets go of every picture. */
  wipe(): void {
    this.follow(OFF);
    this.own.remove();
    this.other.remove();
    this.screen.remove();
    this.own = newVideo(true);
    this.other = newVideo(false);
    this.screen = newVideo(false);
  }

  private openMedia(): void {
    this.triedAt = performance.now();
    void this.media.open();
  }

  private stand(where: string): void {
    const before = this.standing;
    this.standing = null;
    this.room = '';
    before?.dispose();
    if (where === '') return;
    const call = this.newCall(true);
    this.standing = call;
    call.allow(true, true);
    call.start();
  }

  private startCall(): void {
    const ready = this.standing;
    this.standing = null;
    if (ready === null) return this.begin(this.newCall(false));
    if (this.kiosk) return this.begin(ready);
    this.call = ready; // if the claim says that this is the room
    void (this.coming ?? Promise.resolve(null)).then((way) => {
      if (this.call !== ready) return;
      if (way === 'standing') {
        this.coming = null;
        return this.begin(ready);
      }
      this.call = null;
      ready.dispose();
      this.begin(this.newCall(false));
    });
  }

  private newCall(standing: boolean): Call {
    const mine = (): boolean => this.call === call || this.standing === call;
    const call: Call = new Call(
      () => (this.standing === call ? this.standbyTicket() : this.ticket()),
      {
        link: (link) => mine() && this.listener.link(link),
        peer: (peer) => mine() && this.listener.peer(peer),
        remote: (media) => mine() && this.show(media),
        guests: (guests) => mine() && this.guests.show(guests),
        pointer: (at) => mine() && this.listener.pointer(at),
        typing: (now) => mine() && this.listener.typing(now),
        quality: (quality) => mine() && this.listener.quality(quality),
        soundBlocked: (blocked) => mine() && this.listener.soundBlocked(blocked),
        remoteCamera: (on) => mine() && this.listener.picture(on && this.other.videoWidth > 0),
      },
      { faceFirst: this.kiosk, standing },
    );
    call.send(this.media.cameraTrack, this.media.microphoneTrack);
    return call;
  }

  private begin(call: Call): void {
    this.call = call;
    this.listener.peer(call.peer);
    call.allow(this.demand.camera, this.demand.microphone);
    call.admit();
    if (this.other.readyState >= HTMLMediaElement.HAVE_CURRENT_DATA) this.pictured(); // faster than the word that they call
    this.startedAt = performance.now();
    call.start();
    this.beats = setInterval(() => void this.beat(call), BEAT_MS);
    void this.beat(call);
  }

  private async standbyTicket(): Promise<Ticket | null> {
    this.room = '';
    try {
      const ticket = await this.api.standBy();
      this.room = ticket.room ?? '';
      return ticket;
    } catch (error) {
      if (!(error instanceof ApiError) || !OVER.includes(error.status)) throw error;
      return null;
    }
  }

  private async ticket(): Promise<Ticket | null> {
    const { coming } = this;
    this.coming = null; // a ticket is good for one connection
    const given = await coming;
    if (given && given !== 'standing') return given;
    try {
      return await this.api.join();
    } catch (error) {
      if (!(error instanceof ApiError) || !OVER.includes(error.status)) throw error;
      this.listener.over();
      return null;
    }
  }

  private endCall(): void {
    clearInterval(this.beats);
    this.stopSharing();
    const call = this.call;
    this.call = null;
    call?.dispose();
    this.listener.link('off');
    this.guests.show([]);
    this.show({ video: null, audio: null });
  }

  private async beat(call: Call): Promise<void> {
    try {
      const { state } = await this.api.beat(call.peer === 'here');
      if (this.call === call) this.listener.beat(state);
    } catch (error) {
      if (error instanceof ApiError && OVER.includes(error.status)) this.listener.over();
    }
  }

  private show(media: RemoteMedia): void {
    const before = this.remote;
    this.remote = media;
    if (media.audio !== before.audio) {
      before.audio?.detach(this.voice);
      media.audio?.attach(this.voice);
    }
    if (media.screen !== before.screen) {
      before.screen?.detach(this.screen);
      media.screen?.attach(this.screen);
      if (this.kiosk) this.listener.screen((media.screen ?? null) !== null);
    }
    if (media.video === before.video) return;
    before.video?.detach(this.other);
    this.listener.picture(false);
    const { video } = media;
    if (video === null) return;
    this.other.onloadeddata = () => {
      if (this.remote.video === video) this.pictured();
    };
    video.attach(this.other);
  }

  private pictured(): void {
    this.listener.picture(this.remote.video?.isMuted === false);
    this.call?.faceSeen();
  }
}

function newVideo(mirrored: boolean): HTMLVideoElement {
  const video = document.createElement('video');
  video.autoplay = true;
  video.muted = true; // the voice has its own element
  video.playsInline = true;
  video.disablePictureInPicture = true;
  video.className = mirrored ? 'video mirrored' : 'video';
  return video;
}
