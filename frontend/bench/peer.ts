// What code-to-face is compared with: a page that does nothing but join a room with livekit-client.
import { createHmac, randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'

const library = readFileSync(join(import.meta.dirname, '../node_modules/livekit-client/dist/livekit-client.umd.js'))

// The picture is what the product's operator sends: the same camera, codec and rate.
const script = `
const { Room, RoomEvent, Track } = LivekitClient;
LivekitClient.setLogLevel('warn');
const options = { adaptiveStream: false, dynacast: false };
window.publish = async (url, token) => {
  const stream = await navigator.mediaDevices.getUserMedia({ video: { width: 1280, height: 720, frameRate: 24 }, audio: true });
  const room = new Room(options);
  await room.connect(url, token);
  await room.localParticipant.publishTrack(stream.getVideoTracks()[0], { source: Track.Source.Camera, simulcast: false, videoCodec: 'vp8', videoEncoding: { maxBitrate: 1500000, maxFramerate: 24 } });
  await room.localParticipant.publishTrack(stream.getAudioTracks()[0], { source: Track.Source.Microphone });
};
window.watch = (url, token) => {
  const room = new Room(options);
  room.on(RoomEvent.TrackSubscribed, (track) => { if (track.kind === 'video') track.attach(document.querySelector('video')); });
  const start = performance.timeOrigin + performance.now();
  void room.connect(url, token);
  return start;
};`
const page = '<!doctype html><html lang="en"><title>peer</title><video autoplay muted playsinline width="1280" height="720"></video><script src="/livekit.js"></script><script src="/peer.js"></script></html>'

/** The bare page's server, rooms and tokens. `livekit` is where browsers reach the media server. */
export class Peer {
  private server: Server | null = null

  constructor(private readonly secret: string, readonly livekit: string) {}

  get url(): string {
    return `http://127.0.0.1:${(this.server!.address() as AddressInfo).port}/`
  }

  async start(): Promise<void> {
    if (this.server !== null) return
    const answers: Record<string, [string, string | Buffer]> = { '/': ['text/html', page], '/livekit.js': ['text/javascript', library], '/peer.js': ['text/javascript', script] }
    this.server = createServer((req, res) => {
      const [kind, body] = answers[req.url ?? ''] ?? ['text/plain', '']
      res.writeHead(200, { 'Content-Type': kind }).end(body)
    })
    await new Promise<void>((resolve) => this.server!.listen(0, '127.0.0.1', resolve))
  }

  stop(): void {
    this.server?.closeAllConnections()
    this.server?.close()
  }

  /** Makes a room: the server makes none by itself. */
  async room(): Promise<string> {
    const name = `bench-${randomUUID()}`
    const made = await fetch(`${this.livekit.replace(/^ws/, 'http')}/twirp/livekit.RoomService/CreateRoom`, {
      method: 'POST', body: JSON.stringify({ name, max_participants: 3, empty_timeout: 60 }),
      headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${this.sign('bench', { roomCreate: true })}` },
    })
    if (!made.ok) throw new Error(`room: ${made.status} ${await made.text()}`)
    return name
  }

  token(room: string, identity: string): string {
    return this.sign(identity, { roomJoin: true, room, canPublish: true, canSubscribe: true, canPublishData: true })
  }

  private sign(identity: string, video: Record<string, unknown>): string {
    const now = Math.floor(Date.now() / 1000)
    const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url')
    const head = `${part({ alg: 'HS256', typ: 'JWT' })}.${part({ iss: 'sportello', sub: identity, nbf: now - 5, exp: now + 120, video })}`
    return `${head}.${createHmac('sha256', this.secret).update(head).digest('base64url')}`
  }
}
