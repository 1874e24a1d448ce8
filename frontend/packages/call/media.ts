/**
 * The camera and microphone of this machine. They are opened before the call (the waiting screen shows
 * the citizen's own face), handed to it, survive its reconnections, and are stopped here and only here.
 */

/** What a picture of a person needs, and no more. */
const FACE: MediaTrackConstraints = {
  width: { min: 320, ideal: 1280, max: 1920 },
  height: { min: 180, ideal: 720, max: 1080 },
  frameRate: { ideal: 24, max: 30 },
};
/** What a paper held before the camera needs: every pixel there is. */
const PAPER: MediaTrackConstraints = { width: { ideal: 3840 }, height: { ideal: 2160 }, frameRate: { ideal: 15 } };
const VOICE: MediaTrackConstraints = { echoCancellation: true, noiseSuppression: true, autoGainControl: true };

/** A camera or microphone a person can choose. */
export interface Device {
  readonly id: string;
  readonly label: string;
}

/** What is there to choose from, and what is in use. */
export interface Devices {
  readonly cameras: readonly Device[];
  readonly microphones: readonly Device[];
  readonly speakers: readonly Device[];
  readonly camera: string;
  readonly microphone: string;
}

/** Why there is no picture or sound of this side. */
export type MediaFault = 'denied' | 'missing' | 'busy' | 'gone';

/** What the owner hears: new tracks (null: none), and faults. */
export interface MediaListener {
  tracks(camera: MediaStreamTrack | null, microphone: MediaStreamTrack | null): void;
  fault(fault: MediaFault): void;
  devices(devices: Devices): void;
}

/** Names a failure of getUserMedia. */
export function faultOf(error: unknown): MediaFault {
  const name = error instanceof Error || error instanceof DOMException ? error.name : '';
  if (name === 'NotAllowedError' || name === 'SecurityError') return 'denied';
  if (name === 'NotFoundError' || name === 'OverconstrainedError') return 'missing';
  return 'busy';
}

/** The local camera and microphone. */
export class Media {
  private camera: MediaStreamTrack | null = null;
  private microphone: MediaStreamTrack | null = null;
  private opening: Promise<void> | null = null;
  private generation = 0;
  private wanted = { camera: '', microphone: '' };
  private readonly onChange = (): void => void this.list();

  constructor(private readonly listener: MediaListener) {}

  /** The camera's track while it runs. */
  get cameraTrack(): MediaStreamTrack | null {
    return this.camera;
  }

  /** The microphone's track while it runs. */
  get microphoneTrack(): MediaStreamTrack | null {
    return this.microphone;
  }

  /** Opens both, or whichever works; calling it again while open does nothing. */
  open(): Promise<void> {
    this.opening ??= this.acquire().finally(() => {
      this.opening = null;
    });
    return this.opening;
  }

  /** Stops everything at once: the light of the camera goes out. */
  stop(): void {
    this.generation += 1;
    navigator.mediaDevices?.removeEventListener('devicechange', this.onChange);
    const had = this.camera !== null || this.microphone !== null;
    this.release(this.camera);
    this.release(this.microphone);
    this.camera = null;
    this.microphone = null;
    if (had) this.listener.tracks(null, null);
  }

  /** Switches to another camera or microphone by its id. */
  async use(kind: 'camera' | 'microphone', id: string): Promise<void> {
    this.wanted = { ...this.wanted, [kind]: id };
    const generation = this.generation;
    const exact = { deviceId: { exact: id } };
    try {
      const stream = await navigator.mediaDevices.getUserMedia(
        kind === 'camera' ? { video: { ...FACE, ...exact } } : { audio: { ...VOICE, ...exact } },
      );
      if (generation !== this.generation) return stopAll(stream);
      this.release(kind === 'camera' ? this.camera : this.microphone);
      this.take(stream);
    } catch (error) {
      this.listener.fault(faultOf(error));
    }
    await this.list();
  }

  /** Asks the camera for a paper's sharpness, or for a face's economy again. */
  async sharpen(paper: boolean): Promise<void> {
    try {
      await this.camera?.applyConstraints(paper ? PAPER : FACE);
    } catch {
      // A camera that cannot do more keeps doing what it does.
    }
  }

  /** Tells what there is to choose from. */
  async list(): Promise<void> {
    const all = await navigator.mediaDevices.enumerateDevices().catch((): MediaDeviceInfo[] => []);
    const of = (kind: MediaDeviceKind): Device[] =>
      all.filter((d) => d.kind === kind && d.deviceId !== '').map((d) => ({ id: d.deviceId, label: d.label }));
    this.listener.devices({
      cameras: of('videoinput'),
      microphones: of('audioinput'),
      speakers: of('audiooutput'),
      camera: this.camera?.getSettings().deviceId ?? '',
      microphone: this.microphone?.getSettings().deviceId ?? '',
    });
  }

  private async acquire(): Promise<void> {
    if (this.camera !== null && this.microphone !== null) return;
    const generation = this.generation;
    if (navigator.mediaDevices === undefined) return this.listener.fault('denied');
    const video = this.camera ? false : prefer(FACE, this.wanted.camera);
    const audio = this.microphone ? false : prefer(VOICE, this.wanted.microphone);
    const stream = await this.firstOf([{ video, audio }, { video }, { audio }]);
    if (stream === null) return;
    if (generation !== this.generation) return stopAll(stream);
    navigator.mediaDevices.addEventListener('devicechange', this.onChange);
    this.take(stream);
    await this.list();
  }

  /** Tries both, then each alone, so that a missing microphone does not cost the picture. */
  private async firstOf(tries: MediaStreamConstraints[]): Promise<MediaStream | null> {
    let fault: MediaFault | null = null;
    for (const constraints of tries) {
      if (!constraints.video && !constraints.audio) continue;
      try {
        const stream = await navigator.mediaDevices.getUserMedia(constraints);
        if (fault !== null) this.listener.fault(fault);
        return stream;
      } catch (error) {
        fault ??= faultOf(error);
      }
    }
    if (fault !== null) this.listener.fault(fault);
    return null;
  }

  private take(stream: MediaStream): void {
    const camera = stream.getVideoTracks()[0];
    const microphone = stream.getAudioTracks()[0];
    if (camera) {
      camera.contentHint = 'motion';
      this.camera = this.watched(camera);
    }
    if (microphone) this.microphone = this.watched(microphone);
    this.listener.tracks(this.camera, this.microphone);
  }

  private watched(track: MediaStreamTrack): MediaStreamTrack {
    track.addEventListener('ended', () => {
      if (track !== this.camera && track !== this.microphone) return;
      if (track === this.camera) this.camera = null;
      else this.microphone = null;
      this.listener.fault('gone');
      this.listener.tracks(this.camera, this.microphone);
    });
    return track;
  }

  private release(track: MediaStreamTrack | null): void {
    track?.stop();
  }
}

function prefer(constraints: MediaTrackConstraints, id: string): MediaTrackConstraints {
  return id === '' ? constraints : { ...constraints, deviceId: { ideal: id } };
}

function stopAll(stream: MediaStream): void {
  for (const track of stream.getTracks()) track.stop();
}
