/**
 * One call between two people, kept alive for as long as its owner wants it. Whatever ends a connection
 * (a dead server, a dead line, an expired token), a fresh ticket is asked for and a new connection made;
 * livekit-client's own resumption is given one short chance only, since its ticket may be worthless by then.
 */
import type { Room, RemoteTrack, LocalTrack, DisconnectReason, Participant, TrackPublication } from 'livekit-client';
import { type Ticket } from '../api/types';
import { HEARTBEAT_MS, type Peer, PeerWatch } from './heartbeat';

/** State of this side's connection. `elsewhere`: the same person joined from another window. */
export type Link = 'off' | 'connecting' | 'on' | 'lost' | 'elsewhere';
/** How good the line is, for a person: three steps are enough. */
export type Quality = 'unknown' | 'good' | 'poor' | 'bad';
/** Asks for a fresh ticket; null when there is no call to be in any more. Throws when it could not ask. */
export type TicketSource = () => Promise<Ticket | null>;
/** The other side's picture and sound, null while there is none. */
export interface RemoteMedia {
  readonly video: RemoteTrack | null;
  readonly audio: RemoteTrack | null;
  /** What the other side shows of its screen. */
  readonly screen?: RemoteTrack | null;
}

/** A place on a page of a document, from 0 to 1 of the picture's sides, whose lengths are given. */
export interface Pointer {
  readonly document: string;
  readonly page: number;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** What a side is writing, as it stands at this moment, and whether it reads rather than hears. */
export interface Typing {
  readonly text: string;
  readonly reads: boolean;
}

/** Somebody else whom the operator invited, as they are now. */
export interface GuestMedia extends RemoteMedia {
  readonly id: string;
  readonly name: string;
}

/** What the owner of a call hears. */
export interface CallListener {
  link(link: Link): void;
  peer(peer: Peer): void;
  remote(media: RemoteMedia): void;
  /** Everybody else in the room, each time one of them changes. */
  guests(guests: readonly GuestMedia[]): void;
  quality(quality: Quality): void;
  /** The browser wants a touch before it plays the other side's voice. */
  soundBlocked(blocked: boolean): void;
  /** The other side points at something. */
  pointer(at: Pointer): void;
  /** What the other side is writing now. */
  typing(now: Typing): void;
  /** The other side muted or unmuted its camera. */
  remoteCamera(on: boolean): void;
}

const TOPIC = 'heartbeat';
const POINTER = 'pointer';
const TYPING = 'typing';
const UNKNOWN = '';
const NOTHING_TYPED = JSON.stringify({ text: '', reads: false });
/** Letters of what is being written that are shown. */
const TYPED_LENGTH = 500;
/**
 * Time between two looks at whether the other side was heard, and at what is being written, in milliseconds: fine enough
 * to tell within 3 s, and half of what real-time text allows (EN 301 549, 6.2.1.2).
 */
const LOOK_MS = 250;
/** Waits between connection attempts, in milliseconds; the last one repeats. */
const RETRY_MS = [200, 500, 1_000, 1_500, 2_000] as const;
/** A connection attempt that takes longer than this is given up. */
const CONNECT_MS = 6_000;
/** Silence of the other side after which this side doubts its own connection and makes a new one, in milliseconds. */
const DOUBT_MS = 6_000;
/** The same when the other side is not in the room: it may be in another one. */
const ALONE_MS = 15_000;

/** How long the other side's face goes before one's own, at most, in milliseconds. */
const FACE_FIRST_MS = 1_000;
/** How long the server has to open a room in which this side stands by; then a fresh ticket is asked for. */
const OPEN_MS = 3_000;

type LiveKit = typeof import('livekit-client');
let library: Promise<LiveKit> | null = null;

/** Fetches livekit-client ahead of the first call. */
export function preload(): Promise<LiveKit> {
  library ??= import('livekit-client').then((kit) => {
    kit.setLogLevel('warn');
    void warm();
    return kit;
  });
  library.catch(() => {
    library = null;
  });
  return library;
}

/** Whether a room is reached and media can flow to here; nothing is sent, and the room is left at once. */
export async function reach({ url, token }: Ticket): Promise<boolean> {
  const kit = await preload();
  const room = new kit.Room();
  try {
    await withDeadline(room.connect(url, token, { maxRetries: 0, peerConnectionTimeout: CONNECT_MS, websocketTimeout: CONNECT_MS }), CONNECT_MS + 1_000);
    return true;
  } catch {
    return false;
  } finally {
    void room.disconnect();
  }
}

/** Wakes the browser's media engine, which takes its time at the first connection of a page. Nothing leaves the machine. */
async function warm(): Promise<void> {
  try {
    const connection = new RTCPeerConnection();
    connection.addTransceiver('video');
    connection.addTransceiver('audio');
    await connection.createOffer();
    connection.close();
  } catch {
    // Then the first call wakes it.
  }
}

/** How a call begins. */
export interface CallManner {
  /** This side waits a moment with its own picture, so that nothing slows down the other's. */
  readonly faceFirst?: boolean;
  /**
   * This side is connected before anybody calls. Until {@link Call.admit} it tells its owner nothing, and its picture
   * and voice stay here: its tracks are announced muted, so that nothing but the picture has to be sent then
   * (with faceFirst they are not even announced).
   */
  readonly standing?: boolean;
}

/** A call that reconnects until it is disposed. */
export class Call {
  private room: Room | null = null;
  /** The room whose signalling stands: tracks may be offered from then on. */
  private open: Room | null = null;
  private running = false;
  private disposed = false;
  private wake: (() => void) | null = null;
  private watch = new PeerWatch();
  private doubts = 0;
  private beatAt = 0;
  private timer: ReturnType<typeof setInterval> | undefined;
  private camera: MediaStreamTrack | null = null;
  private microphone: MediaStreamTrack | null = null;
  private screen: MediaStreamTrack | null = null;
  private cameraOn = true;
  private microphoneOn = true;
  private linkState: Link = 'off';
  private publishing: Promise<void> = Promise.resolve();
  private typing: Typing = { text: '', reads: false };
  /** What the other side has of it. */
  private told = NOTHING_TYPED;
  private courtesy: ReturnType<typeof setTimeout> | undefined;
  private readonly onOnline = (): void => this.wake?.();

  private faceFirst: boolean;
  private standing: boolean;
  private admittedAt = 0;

  constructor(
    private readonly ticket: TicketSource,
    private readonly listener: CallListener,
    manner: CallManner = {},
  ) {
    this.faceFirst = manner.faceFirst ?? false;
    this.standing = manner.standing ?? false;
  }

  /** State of this side's connection. */
  get link(): Link {
    return this.linkState;
  }

  /** The end of standing by: from now on both sides may see and hear each other. */
  admit(): void {
    if (!this.standing || this.disposed) return;
    this.standing = false;
    this.admittedAt = performance.now();
    this.watch = new PeerWatch();
    this.listener.link(this.linkState);
    const room = this.room;
    if (room === null || room !== this.open) return;
    this.greet();
    this.beat();
  }

  /** Sends this side's picture, at once or after a moment. */
  private greet(): void {
    if (this.faceFirst) this.courtesy ??= setTimeout(() => this.faceSeen(), FACE_FIRST_MS);
    this.syncTracks();
  }

  /** The other side's face is there: nothing keeps this side's picture back any more. */
  faceSeen(): void {
    if (!this.faceFirst) return;
    this.faceFirst = false;
    clearTimeout(this.courtesy);
    this.syncTracks();
  }

  /** What is known of the other side now. */
  get peer(): Peer {
    return this.watch.state;
  }

  /** Starts connecting, or takes the call back from another window. */
  start(): void {
    if (this.running || this.disposed) return;
    this.running = true;
    addEventListener('online', this.onOnline);
    this.timer ??= setInterval(() => this.pulse(), LOOK_MS);
    void this.keepConnected();
  }

  /** Gives the call the tracks to send; may be called at any time, and again with others. */
  send(camera: MediaStreamTrack | null, microphone: MediaStreamTrack | null): void {
    this.camera = camera;
    this.microphone = microphone;
    this.syncTracks();
  }

  /** Opens or closes this side's camera and microphone without giving up the devices. */
  allow(camera: boolean, microphone: boolean): void {
    this.cameraOn = camera;
    this.microphoneOn = microphone;
    this.syncTracks();
  }

  /** Call it inside a touch or a key press when {@link CallListener.soundBlocked} was told. */
  async startSound(): Promise<void> {
    await this.room?.startAudio().catch(() => undefined);
  }

  /** Leaves for good. Tracks given by {@link send} are not stopped: they belong to their Media. */
  dispose(): void {
    this.disposed = true;
    clearInterval(this.timer);
    clearTimeout(this.courtesy);
    removeEventListener('online', this.onOnline);
    this.wake?.();
    void this.drop();
    this.setLink('off');
  }

  private async keepConnected(): Promise<void> {
    for (let attempt = 0; !this.disposed; attempt += 1) {
      this.setLink(this.linkState === 'lost' ? 'lost' : 'connecting');
      const started = performance.now();
      const end = await this.connectOnce();
      if (this.disposed) return;
      if (end === 'over') break;
      if (end === 'elsewhere') {
        this.running = false;
        this.setLink('elsewhere');
        return;
      }
      this.setLink('lost');
      // A connection that had stood for a while earns a quick first retry.
      if (performance.now() - started > 10_000) attempt = 0;
      await this.pause(RETRY_MS[Math.min(attempt, RETRY_MS.length - 1)] ?? 2_000);
    }
    this.running = false;
    this.setLink('off');
  }

  /** One connection from ticket to end. Resolves with how it ended. */
  private async connectOnce(): Promise<'lost' | 'over' | 'elsewhere'> {
    let room: Room | null = null;
    try {
      const [kit, ticket] = await Promise.all([preload(), this.ticket()]);
      if (ticket === null) return 'over';
      if (this.disposed) return 'lost';
      room = this.newRoom(kit);
      const ended = this.follow(kit, room);
      this.room = room;
      this.publishing = Promise.resolve(); // what an earlier room still waits for does not hold this one up
      await withDeadline(
        room.connect(ticket.url, ticket.token, {
          autoSubscribe: true,
          maxRetries: 0,
          peerConnectionTimeout: CONNECT_MS,
          websocketTimeout: CONNECT_MS,
        }),
        CONNECT_MS + 1_000,
      );
      if (this.disposed || this.room !== room) return 'lost';
      this.told = UNKNOWN;
      this.setLink('on');
      this.syncTracks();
      this.beat();
      if (this.screen !== null) void this.share(this.screen).catch(() => undefined);
      return await ended;
    } catch {
      return 'lost';
    } finally {
      if (room !== null && this.room === room) await this.drop();
    }
  }

  private newRoom(kit: LiveKit): Room {
    return new kit.Room({
      // One picture in one quality: there is nothing to adapt, and a face must not stop because it is covered.
      adaptiveStream: false,
      dynacast: false,
      stopLocalTrackOnUnpublish: false,
      // The owner disposes of the call when its page goes. The library would disconnect before that, and a call that
      // is cut asks for a new ticket: the page that leaves would take the place of the one that comes.
      disconnectOnPageLeave: false,
      // One quick resumption, then our own way with a fresh ticket.
      reconnectPolicy: { nextRetryDelayInMs: (context) => (context.retryCount < 1 ? 100 : null) },
    });
  }

  private follow(kit: LiveKit, room: Room): Promise<'lost' | 'elsewhere'> {
    const { RoomEvent, Track, ConnectionQuality } = kit;
    const mine = (): boolean => this.room === room;
    const remote = (): void => {
      if (!mine()) return;
      this.listener.remote(remoteOf(kit, room));
      this.listener.guests(guestsOf(kit, room));
    };
    const heard = (): void => {
      if (this.standing) return;
      this.doubts = 0;
      const changed = this.watch.heard(performance.now());
      if (changed !== null) this.listener.peer(changed);
    };
    const cameraMuted = (of: TrackPublication, who: Participant, on: boolean): void => {
      if (mine() && of.source === Track.Source.Camera && !isGuest(who)) this.listener.remoteCamera(on);
    };
    room
      .on(RoomEvent.TrackSubscribed, (_track, publication, who) => {
        remote();
        cameraMuted(publication, who, !publication.isMuted);
      })
      .on(RoomEvent.TrackUnsubscribed, () => setTimeout(remote)) // it is told before the track is gone
      .on(RoomEvent.TrackMuted, (publication, who) => {
        if (!who.isLocal) cameraMuted(publication, who, false);
      })
      .on(RoomEvent.TrackUnmuted, (publication, who) => {
        if (who.isLocal) return;
        remote();
        cameraMuted(publication, who, true);
      })
      .on(RoomEvent.DataReceived, (payload, who, _kind, topic) => {
        if (mine() && topic === TOPIC) heard();
        if (mine() && topic === POINTER) this.pointed(payload);
        if (mine() && topic === TYPING && who !== undefined && !isGuest(who)) this.typed(payload);
      })
      .on(RoomEvent.ParticipantConnected, (who) => {
        this.told = UNKNOWN; // who comes may know nothing, or something old
        this.beat();
        if (isGuest(who)) remote();
      })
      .on(RoomEvent.ParticipantDisconnected, (who) => {
        if (isGuest(who)) remote();
      })
      .on(RoomEvent.AudioPlaybackStatusChanged, () => {
        if (mine()) this.listener.soundBlocked(!room.canPlaybackAudio);
      })
      .on(RoomEvent.ConnectionQualityChanged, (quality, who) => {
        if (!mine() || !who.isLocal || this.standing) return;
        const names: Record<string, Quality> = {
          [ConnectionQuality.Excellent]: 'good',
          [ConnectionQuality.Good]: 'good',
          [ConnectionQuality.Poor]: 'poor',
          [ConnectionQuality.Lost]: 'bad',
        };
        this.listener.quality(names[quality] ?? 'unknown');
      })
      // The picture need not wait until the whole connection stands.
      .on(RoomEvent.SignalConnected, () => {
        if (!mine()) return;
        this.open = room;
        if (this.standing) this.syncTracks();
        else this.greet();
      })
      // The server opened the room.
      .on(RoomEvent.ParticipantPermissionsChanged, (_before, who) => {
        if (!mine() || !who.isLocal) return;
        this.syncTracks();
        this.beat();
      })
      .on(RoomEvent.Reconnecting, () => {
        if (mine()) this.setLink('lost');
      })
      .on(RoomEvent.SignalReconnecting, () => {
        if (mine()) this.setLink('lost');
      })
      .on(RoomEvent.Reconnected, () => {
        if (mine()) this.setLink('on');
      });
    return new Promise((resolve) => {
      room.on(RoomEvent.Disconnected, (reason?: DisconnectReason) => {
        const { DUPLICATE_IDENTITY, PARTICIPANT_REMOVED } = kit.DisconnectReason;
        // A newer join of the same side takes the older one out of the room.
        const replaced = reason === DUPLICATE_IDENTITY || reason === PARTICIPANT_REMOVED;
        resolve(replaced && mine() ? 'elsewhere' : 'lost');
      });
    });
  }

  /** Sends and mutes what it should, one change after another. */
  private syncTracks(): void {
    this.publishing = this.publishing.then(() => this.publishNow()).catch(() => undefined);
  }

  private async publishNow(): Promise<void> {
    const room = this.room;
    if (room === null || this.faceFirst || room !== this.open || room.state === 'disconnected') return;
    const kit = await preload();
    const { Camera, Microphone } = kit.Track.Source;
    await Promise.all([
      this.publishOne(kit, room, Camera, this.camera, this.cameraOn && !this.standing),
      this.publishOne(kit, room, Microphone, this.microphone, this.microphoneOn && !this.standing),
    ]);
  }

  private async publishOne(
    kit: LiveKit,
    room: Room,
    source: import('livekit-client').Track.Source,
    wanted: MediaStreamTrack | null,
    on: boolean,
  ): Promise<void> {
    const me = room.localParticipant;
    const sent = me.getTrackPublication(source)?.track;
    if (wanted === null) {
      if (sent) await me.unpublishTrack(sent, false);
      return;
    }
    if (sent) {
      if (sent.mediaStreamTrack !== wanted) await sent.replaceTrack(wanted, true);
      if (sent.isMuted === on) await (on ? sent.unmute() : sent.mute());
      return;
    }
    const track = source === kit.Track.Source.Camera ? new kit.LocalVideoTrack(wanted) : new kit.LocalAudioTrack(wanted);
    // Before it is announced: not one picture goes out that should not. An earlier call may have left it closed.
    if (on) wanted.enabled = true;
    else await track.mute();
    await me.publishTrack(track as LocalTrack, {
      source,
      simulcast: false,
      videoCodec: 'vp8',
      videoEncoding: { maxBitrate: 1_500_000, maxFramerate: 24 },
      degradationPreference: 'balanced',
      dtx: true,
      red: true,
      stopMicTrackOnMute: false,
    });
  }

  /** Says "here" every second, and looks more often whether the other side did. */
  private pulse(): void {
    if (this.standing) return;
    const now = performance.now();
    const changed = this.watch.tick(now);
    if (changed !== null) this.listener.peer(changed);
    if (now - this.beatAt >= HEARTBEAT_MS - LOOK_MS / 2) this.beat();
    this.tellTyping();
    const room = this.room;
    if (room === null || room.state !== 'connected') return;
    const may = room.localParticipant.permissions;
    if (may !== undefined && !(may.canPublish && may.canSubscribe) && now - this.admittedAt > OPEN_MS) {
      this.admittedAt = now; // the room was not opened to this side
      this.setLink('lost');
      void room.disconnect(false);
      return;
    }
    // The server says the other side is here, yet nothing is heard: our own connection may be a corpse.
    const patience = [...room.remoteParticipants.values()].some((one) => !isGuest(one)) ? DOUBT_MS : ALONE_MS;
    if (this.watch.state === 'lost' && this.watch.silence(now) > patience * 2 ** this.doubts) {
      this.doubts = Math.min(this.doubts + 1, 4);
      this.setLink('lost');
      void room.disconnect(false);
    }
  }

  private beat(): void {
    const room = this.room;
    if (room === null || room.state !== 'connected' || this.standing) return;
    this.beatAt = performance.now();
    room.localParticipant
      .publishData(new Uint8Array([1]), { reliable: false, topic: TOPIC })
      .catch(() => undefined);
  }

  /** Shows this side's screen, or stops. */
  async share(track: MediaStreamTrack | null): Promise<void> {
    this.screen = track;
    const room = this.room;
    if (room === null || room.state !== 'connected') return;
    const kit = await preload();
    const me = room.localParticipant;
    const sent = me.getTrackPublication(kit.Track.Source.ScreenShare)?.track;
    if (sent) await me.unpublishTrack(sent, false);
    if (track === null) return;
    await me.publishTrack(new kit.LocalVideoTrack(track), {
      source: kit.Track.Source.ScreenShare,
      simulcast: false,
      videoCodec: 'vp8',
      videoEncoding: { maxBitrate: 2_500_000, maxFramerate: 10 },
    });
  }

  /** Points at a place for the other side. */
  point(at: Pointer): void {
    const { room } = this;
    if (room === null || room.state !== 'connected' || this.standing) return;
    room.localParticipant
      .publishData(new TextEncoder().encode(JSON.stringify(at)), { reliable: true, topic: POINTER })
      .catch(() => undefined);
  }

  /** Shows the other side what is being written here, while it is written. */
  write(now: Typing): void {
    this.typing = now;
    if (now.text === '') this.tellTyping(); // what was sent does not stand there twice
  }

  private tellTyping(): void {
    const { room } = this;
    if (room === null || room.state !== 'connected' || this.standing || room.localParticipant.permissions?.canPublishData !== true) return;
    const word = JSON.stringify(this.typing);
    if (word === this.told) return;
    this.told = word;
    room.localParticipant.publishData(new TextEncoder().encode(word), { reliable: true, topic: TYPING }).catch(() => {
      this.told = UNKNOWN;
    });
  }

  private typed(payload: Uint8Array): void {
    try {
      const { text, reads } = JSON.parse(new TextDecoder().decode(payload)) as Partial<Typing>;
      if (typeof text === 'string' && typeof reads === 'boolean') this.listener.typing({ text: text.slice(0, TYPED_LENGTH), reads });
    } catch {
      // not ours: what another sends never breaks the call
    }
  }

  private pointed(payload: Uint8Array): void {
    let raw: unknown;
    try {
      raw = JSON.parse(new TextDecoder().decode(payload));
    } catch {
      return; // not ours: what another sends never breaks the call
    }
    if (isPointer(raw)) this.listener.pointer(raw);
  }

  private async drop(): Promise<void> {
    const room = this.room;
    this.room = null;
    if (room === null) return;
    this.listener.remote({ video: null, audio: null, screen: null });
    this.listener.guests([]);
    room.removeAllListeners();
    // stopTracks = false: the self-view goes on while we reconnect.
    await withDeadline(room.disconnect(false), 1_000).catch(() => undefined);
  }

  private pause(milliseconds: number): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        this.wake = null;
        resolve();
      };
      const timer = setTimeout(done, milliseconds);
      this.wake = done;
    });
  }

  private setLink(link: Link): void {
    if (this.linkState === link) return;
    this.linkState = link;
    if (!this.standing) this.listener.link(link);
  }
}

/** The other side: of several who stand by, the one who was admitted shows. */
function remoteOf(kit: LiveKit, room: Room): RemoteMedia {
  const { Camera, Microphone, ScreenShare } = kit.Track.Source;
  const others = [...room.remoteParticipants.values()].filter((one) => !isGuest(one));
  const other = others.find((o) => o.isCameraEnabled || o.isMicrophoneEnabled) ?? others[0];
  return {
    video: (other?.getTrackPublication(Camera)?.track as RemoteTrack | undefined) ?? null,
    audio: (other?.getTrackPublication(Microphone)?.track as RemoteTrack | undefined) ?? null,
    screen: (other?.getTrackPublication(ScreenShare)?.track as RemoteTrack | undefined) ?? null,
  };
}

function isPointer(raw: unknown): raw is Pointer {
  if (typeof raw !== 'object' || raw === null) return false;
  const { document, page, x, y, width, height } = raw as Record<string, unknown>;
  return typeof document === 'string' && [page, x, y, width, height].every((n) => typeof n === 'number' && Number.isFinite(n));
}

/** Who was invited, by the server's way of naming them. */
function isGuest(who: { readonly identity: string }): boolean {
  return who.identity.startsWith('guest-');
}

function guestsOf(kit: LiveKit, room: Room): GuestMedia[] {
  const { Camera, Microphone } = kit.Track.Source;
  return [...room.remoteParticipants.values()].filter(isGuest).map((who) => ({
    id: who.identity,
    name: who.name ?? '',
    video: (who.getTrackPublication(Camera)?.track as RemoteTrack | undefined) ?? null,
    audio: (who.getTrackPublication(Microphone)?.track as RemoteTrack | undefined) ?? null,
  }));
}

function withDeadline<T>(work: Promise<T>, milliseconds: number): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error('deadline')), milliseconds);
    work.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
