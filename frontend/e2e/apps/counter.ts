// A stand-in of the server for the two apps alone: it keeps one session in memory, speaks the same interface, and can
// be told to misbehave. The journeys beside this folder drive the real server; this one lets a test stop the clock at
// any state of a screen.
import { createHmac, randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { extname, join, normalize } from 'node:path'

const DIST = process.env['APPS_DIST'] ?? join(import.meta.dirname, '../../dist')
const TYPES: Record<string, string> = { '.html': 'text/html; charset=utf-8', '.js': 'text/javascript', '.css': 'text/css', '.woff2': 'font/woff2', '.svg': 'image/svg+xml' }

export interface LiveKitAccess { url: string; key: string; secret: string }

type Json = Record<string, unknown>
export interface Session extends Json { id: string; state: string; chat: Json[]; documents: Json[] }

/** One counter: a kiosk, a desk, and at most one session. */
export class Counter {
  enrolled = true
  signedIn = true
  refusal: { status: number; body: Json } | null = null
  session: Session | null = null
  waiting: Json[] = []
  readonly requests: { method: string; path: string; body: Json }[] = []
  private joins = 0
  private readonly admitted = { kiosk: '', desk: '' }
  private readonly streams = new Map<ServerResponse, 'kiosk' | 'desk'>()
  private readonly beats = { kiosk: false, desk: false }
  private server: Server | null = null
  private port = 0
  private readonly pictures = new Map<string, { type: string; bytes: Buffer }>()

  constructor(private readonly livekit: LiveKitAccess = { url: 'ws://127.0.0.1:1', key: 'k', secret: 's' }) {}

  get kioskUrl(): string { return `http://kiosk.localhost:${this.port}/` }
  get deskUrl(): string { return `http://isernia.localhost:${this.port}/operatore` }

  async start(): Promise<void> {
    const server = createServer((req, res) => void this.serve(req, res).catch((error: unknown) => {
      console.error(error)
      res.writeHead(500).end()
    }))
    this.server = server
    await new Promise<void>((resolve) => server.listen(this.port, '127.0.0.1', resolve))
    this.port = (server.address() as AddressInfo).port
  }

  /** Stops listening and cuts every connection; start() takes the same port again. */
  async stop(): Promise<void> {
    const server = this.server
    this.server = null
    if (server === null) return
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
    this.streams.clear()
  }

  /** A new session in the given state. */
  open(state: string, more: Json = {}): void {
    this.session = {
      id: randomUUID(), state, service: { title: 'Carta d’identità elettronica', needed: ['La carta d’identità scaduta o la denuncia di smarrimento', 'Una fototessera recente', 'La tessera sanitaria'] },
      office: 'Ufficio Anagrafe', operator_name: state === 'waiting' ? null : 'Anna Verdi', titolare: 'Comune di Isernia',
      privacy_notice: 'Il titolare del trattamento è il Comune di Isernia.\nI dati servono solo a erogare il servizio richiesto e non sono registrati né l’audio né il video.\nPuò esercitare i Suoi diritti scrivendo al responsabile della protezione dei dati.',
      appointment_at: new Date().toISOString(), position: 1, estimate_minutes: 3, chat: [], documents: [], ended: null,
      citizen: { name: 'Maria', surname: 'Rossi' }, kiosk: 'Scuola Tagliente, San Lazzaro', called_at: null, connected_at: null,
      details: 'Vorrei rinnovare la carta prima di un viaggio.', ...more,
    }
    this.beats.kiosk = false
    this.beats.desk = false
    this.tell()
  }

  /** Changes the session and tells both sides. */
  change(more: Json): void {
    if (this.session !== null) this.session = { ...this.session, ...more } as Session
    this.tell()
  }

  say(side: 'kiosk' | 'desk', text: string): void {
    this.session?.chat.push({ id: randomUUID(), side, text, at: new Date().toISOString() })
    this.tell()
  }

  addPaper(source: string, name: string, type: string, bytes: Buffer): void {
    const id = randomUUID()
    this.pictures.set(id, { type, bytes })
    const url = `/picture/${id}`
    this.session?.documents.push({ id, name, media_type: type, size_bytes: bytes.length, source, at: new Date().toISOString(), url, pages: [url] })
    this.tell()
  }

  end(outcome: string, text: string, state = 'closed'): void {
    this.change({ state, ended: { outcome, text } })
  }

  /** Tells every open screen how things stand. */
  tell(): void {
    for (const [res, side] of this.streams) res.write(`event: state\ndata: ${JSON.stringify(this.state(side))}\n\n`)
  }

  private state(side: 'kiosk' | 'desk'): Json {
    const common = { server_time: new Date(Date.now()).toISOString(), version: Date.now() }
    const live = this.session !== null && ['called', 'connected', 'held', 'dropped'].includes(this.session.state)
    return side === 'kiosk'
      ? { ...common, kiosk: { id: 'k1', name: 'Scuola Tagliente', place: 'San Lazzaro', address: 'Via Umbria 1' }, entity: { key: 'isernia', name: 'Comune di Isernia', phone: '0865 4491' }, session: this.session }
      : { ...common, entity: { key: 'isernia', name: 'Comune di Isernia' }, operator: { id: 'o1', name: 'Anna Verdi' }, waiting: this.waitingNow(), session: live ? this.session : null }
  }

  private waitingNow(): Json[] {
    const own = this.session?.state === 'waiting'
      ? [{ id: this.session.id, service: 'Carta d’identità elettronica', kiosk: 'Scuola Tagliente, San Lazzaro', citizen: 'Maria Rossi', since: new Date().toISOString(), appointment_at: this.session['appointment_at'] }]
      : []
    return [...own, ...this.waiting]
  }

  private async serve(req: IncomingMessage, res: ServerResponse): Promise<void> {
    const url = new URL(req.url ?? '/', 'http://x')
    const side = (req.headers.host ?? '').startsWith('kiosk.') ? 'kiosk' : 'desk'
    this.headers(res)
    if (url.pathname.startsWith('/api/')) return this.api(req, res, url.pathname, side)
    const picture = this.pictures.get(url.pathname.split('/').pop() ?? '')
    if (picture) return void res.writeHead(200, { 'Content-Type': picture.type }).end(picture.bytes)
    const file = url.pathname.startsWith('/assets/') ? normalize(url.pathname) : `/${side}/index.html`
    try {
      const content = readFileSync(join(DIST, file))
      res.writeHead(200, { 'Content-Type': TYPES[extname(file)] ?? 'application/octet-stream' }).end(content)
    } catch {
      res.writeHead(404).end()
    }
  }

  // The same rules as the real server's, and trusted types beside them.
  private headers(res: ServerResponse): void {
    const host = this.livekit.url.replace(/^ws:\/\//, '')
    res.setHeader('Content-Security-Policy', "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; media-src 'self' blob: mediastream:; font-src 'self'; " +
      `connect-src 'self' ws://${host} http://${host}; form-action 'self'; frame-ancestors 'none'; base-uri 'none'; require-trusted-types-for 'script'`)
    res.setHeader('X-Content-Type-Options', 'nosniff')
    res.setHeader('Cache-Control', 'no-store')
  }

  private async api(req: IncomingMessage, res: ServerResponse, path: string, side: 'kiosk' | 'desk'): Promise<void> {
    const chunks: Buffer[] = []
    for await (const chunk of req) chunks.push(chunk as Buffer)
    const raw = Buffer.concat(chunks)
    const body = raw.length > 0 && (req.headers['content-type'] ?? '').includes('json') ? (JSON.parse(raw.toString()) as Json) : {}
    this.requests.push({ method: req.method ?? '', path, body })
    const json = (status: number, value: unknown): void => void res.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(value))
    const problem = (status: number, code: string, detail: string): void => json(status, { status, code, detail, instance: 'R-4821' })
    const done = (): void => void res.writeHead(204).end()
    const word = path.replace(`/api/${side}/`, '')
    if (word === 'enrolment') {
      if (body['code'] !== '12345678') return problem(422, 'kiosk.enrolment_unknown', 'Il codice di attivazione non è valido.')
      this.enrolled = true
      return done()
    }
    if (side === 'kiosk' ? !this.enrolled : !this.signedIn) return problem(401, 'unauthenticated', '')
    switch (word) {
      case 'state': return json(200, this.state(side))
      case 'events':
        res.writeHead(200, { 'Content-Type': 'text/event-stream' })
        this.streams.set(res, side)
        res.on('close', () => this.streams.delete(res))
        return void res.write(`: hello\n\nevent: state\ndata: ${JSON.stringify(this.state(side))}\n\n`)
      case 'sessions':
        if (this.refusal !== null) return json(this.refusal.status, this.refusal.body)
        this.open('waiting')
        return json(201, this.state('kiosk'))
      case 'next':
        if (this.session?.state !== 'waiting') return problem(409, 'videocall.nobody_waiting', 'Nessuno è in attesa.')
        this.change({ state: 'called', operator_name: 'Anna Verdi', called_at: new Date().toISOString() })
        return json(200, this.state('desk'))
      case 'session/join': return this.join(side, json, problem)
      case 'session/beat': return this.beat(side, body['peer'] === true, json, problem)
      case 'session/chat': this.say(side, String(body['text'])); return done()
      case 'session/documents': return this.upload(raw, req, side, json)
      case 'session/hold': this.change({ state: 'held' }); return done()
      case 'session/resume': this.change({ state: 'connected' }); return done()
      case 'session/recall': this.change({ state: 'called' }); return done()
      case 'session/leave':
        // An ended session stays on show until the kiosk says that it has seen the end.
        if (this.session !== null && this.session['ended'] === null) this.end('', '', 'closed')
        else this.session = null
        this.tell()
        return done()
      case 'session/no_show': this.end('no_show', '', 'no_show'); return done()
      case 'session/close': this.end(String(body['outcome']), ''); return done()
      case 'day':
        return json(200, { appointments: ['09:00', '09:30', '10:00'].map((at, i) => ({ id: String(i), starts_at: `2026-11-23T${at}:00+01:00`, citizen: ['Maria Rossi', 'Luigi Bianchi', 'Carmela Di Iorio'][i], service: 'Carta d’identità elettronica', kiosk: 'Scuola Tagliente', state: ['used', 'confirmed', 'no_show'][i] })) })
      default: return problem(404, 'not_found', '')
    }
  }

  private join(side: 'kiosk' | 'desk', json: (s: number, v: unknown) => void, problem: (s: number, c: string, d: string) => void): void {
    if (this.session === null || !['called', 'connected', 'held', 'dropped'].includes(this.session.state)) return problem(409, 'videocall.illegal_step', '')
    this.joins += 1
    const identity = `${side}-${this.joins}`
    const room = this.session.id
    const previous = this.admitted[side]
    this.admitted[side] = identity
    if (previous !== '') void this.remove(room, previous)
    json(200, { url: this.livekit.url, token: this.token(identity, { roomJoin: true, room, canPublish: true, canSubscribe: true, canPublishData: true }), identity })
  }

  private token(identity: string, video: Json): string {
    const now = Math.floor(Date.now() / 1000)
    const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url')
    const head = `${part({ alg: 'HS256', typ: 'JWT' })}.${part({ iss: this.livekit.key, sub: identity, nbf: now - 5, exp: now + 120, video })}`
    return `${head}.${createHmac('sha256', this.livekit.secret).update(head).digest('base64url')}`
  }

  /** As the real server: who joins anew takes the older page of the same side out of the room. */
  private async remove(room: string, identity: string): Promise<void> {
    const url = this.livekit.url.replace(/^ws/, 'http')
    await fetch(`${url}/twirp/livekit.RoomService/RemoveParticipant`, {
      method: 'POST', signal: AbortSignal.timeout(2_000), body: JSON.stringify({ room, identity }),
      headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${this.token('counter', { roomAdmin: true, room })}` },
    }).catch(() => undefined)
  }

  private beat(side: 'kiosk' | 'desk', peer: boolean, json: (s: number, v: unknown) => void, problem: (s: number, c: string, d: string) => void): void {
    if (this.session === null) return problem(409, 'videocall.illegal_step', '')
    this.beats[side] = peer
    const both = this.beats.kiosk && this.beats.desk
    if (both && ['called', 'dropped'].includes(this.session.state)) this.change({ state: 'connected', connected_at: this.session['connected_at'] ?? new Date().toISOString() })
    if (!both && this.session.state === 'connected') this.change({ state: 'dropped' })
    json(200, { state: this.session.state })
  }

  private upload(raw: Buffer, req: IncomingMessage, side: string, json: (s: number, v: unknown) => void): void {
    const boundary = /boundary=(.+)$/.exec(req.headers['content-type'] ?? '')?.[1] ?? ''
    const start = raw.indexOf('\r\n\r\n', raw.indexOf('filename=')) + 4
    const end = raw.indexOf(`\r\n--${boundary}`, start)
    this.addPaper(side === 'kiosk' ? 'kiosk_capture' : 'desk_upload', 'documento.jpg', 'image/jpeg', raw.subarray(start, end))
    json(201, this.session?.documents.at(-1))
  }
}
