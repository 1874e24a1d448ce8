/** The camera, the call and the sounds, made to follow what the state demands. */
import { ApiError } from '../../packages/api/http';
import * as api from '../../packages/api/kiosk';
import { Call, Chime, Media, type RemoteMedia } from '../../packages/call/index';
import type { Demand, Event } from './model';
import { Scanner } from './scanner';

/** Time between two heartbeats to the server, in milliseconds. */
const BEAT_MS = 3_000;
/** Time between two attempts to open a camera that did not answer. */
const CAMERA_RETRY_MS = 5_000;
/** Answers after which there is no call to be in. */
const OVER: readonly number[] = [401, 403, 404, 409, 410];

const NOTHING: Demand = { camera: false, call: false, ring: false, scan: false, sharp: false, sending: false };

/** Everything that runs beside the screen. */
export class Live {
  readonly chime = new Chime();
  own = newVideo(true);
  other = newVideo(false);
  private readonly voice = document.createElement('audio');
  private demand = NOTHING;
  private call: Call | null = null;
  private remote: RemoteMedia = { video: null, audio: null };
  private beats: ReturnType<typeof setInterval> | undefined;
  private cameraTriedAt = 0;
  private readonly media: Media;
  private readonly scanner: Scanner;

  constructor(
    private readonly send: (event: Event) => void,
    private readonly refresh: () => void,
  ) {
    this.media = new Media({
      tracks: (camera, microphone) => {
        this.own.srcObject = camera === null ? null : new MediaStream([camera]);
        this.call?.send(camera, microphone);
        if (camera !== null && microphone !== null) send({ kind: 'mediaFault', fault: null });
      },
      fault: (fault) => send({ kind: 'mediaFault', fault }),
      devices: () => undefined,
    });
    this.scanner = new Scanner((content) => send({ kind: 'scanned', content, requestId: crypto.randomUUID() }));
    this.voice.autoplay = true;
  }

  /** Starts and stops what the state wants running. */
  follow(demand: Demand): void {
    const before = this.demand;
    this.demand = demand;
    if (demand.camera && !before.camera) this.openCamera();
    if (!demand.camera && before.camera) this.media.stop();
    if (demand.call && !before.call) this.startCall();
    if (!demand.call && before.call) this.endCall();
    if (demand.sending !== before.sending) this.call?.allow(demand.sending, demand.sending);
    if (demand.ring !== before.ring) demand.ring ? this.chime.ring('call') : this.chime.stop();
    if (demand.scan !== before.scan) demand.scan ? this.scanner.start(this.own) : this.scanner.stop();
    if (demand.sharp !== before.sharp) void this.media.sharpen(demand.sharp);
    for (const video of [this.own, this.other]) {
      // A video that moved in the page stands still until told to go on.
      if (video.isConnected && video.paused && video.srcObject !== null) video.play().catch(() => undefined);
    }
  }

  /** Once a second: a camera that failed is tried again, a call that gave up is taken up again. */
  tick(link: string): void {
    if (this.demand.camera && (this.media.cameraTrack === null || this.media.microphoneTrack === null)) {
      if (performance.now() - this.cameraTriedAt > CAMERA_RETRY_MS) this.openCamera();
    }
    if (this.demand.call && link === 'off') this.call?.start();
  }

  /** Lets the other side's voice be heard; call it inside a touch. */
  async unlock(): Promise<void> {
    await this.chime.unlock();
    await this.call?.startSound();
  }

  /** Stops everything and lets go of every picture. */
  wipe(): void {
    this.follow(NOTHING);
    this.own.remove();
    this.other.remove();
    this.own = newVideo(true);
    this.other = newVideo(false);
    this.chime.stop();
  }

  private openCamera(): void {
    this.cameraTriedAt = performance.now();
    void this.media.open();
  }

  private startCall(): void {
    const call = new Call(
      async () => {
        try {
          return await api.join();
        } catch (error) {
          if (!(error instanceof ApiError) || !OVER.includes(error.status)) throw error;
          this.refresh();
          return null;
        }
      },
      {
        link: (link) => this.send({ kind: 'link', link }),
        peer: (peer) => this.send({ kind: 'peer', peer }),
        remote: (media) => this.show(media),
        quality: (quality) => this.send({ kind: 'quality', quality }),
        soundBlocked: (blocked) => this.send({ kind: 'soundBlocked', blocked }),
        remoteCamera: (on) => this.send({ kind: 'picture', on }),
      },
    );
    this.call = call;
    call.allow(this.demand.sending, this.demand.sending);
    call.send(this.media.cameraTrack, this.media.microphoneTrack);
    call.start();
    this.beats = setInterval(() => void this.beat(call), BEAT_MS);
    void this.beat(call);
  }

  private endCall(): void {
    clearInterval(this.beats);
    const call = this.call;
    this.call = null;
    call?.dispose();
    this.show({ video: null, audio: null });
  }

  private async beat(call: Call): Promise<void> {
    try {
      const { state } = await api.sendBeat(call.peer === 'here');
      if (this.call === call) this.send({ kind: 'beatAnswered', state });
    } catch (error) {
      if (error instanceof ApiError && OVER.includes(error.status)) this.refresh();
    }
  }

  private show(media: RemoteMedia): void {
    if (media.video !== this.remote.video) {
      this.remote.video?.detach(this.other);
      if (media.video === null) this.send({ kind: 'picture', on: false });
      else {
        const video = this.other;
        video.addEventListener('loadeddata', () => this.send({ kind: 'picture', on: true }), { once: true });
        media.video.attach(video);
      }
    }
    if (media.audio !== this.remote.audio) {
      this.remote.audio?.detach(this.voice);
      media.audio?.attach(this.voice);
    }
    this.remote = media;
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
