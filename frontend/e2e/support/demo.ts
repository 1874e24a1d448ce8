// Starts a demo of its own for the journeys: own port, own data, removed at the end.
import { spawn, type ChildProcess } from 'node:child_process'
import { createWriteStream, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'

export interface Staff { role: string; email: string; password: string; totp_secret: string }
export interface Kiosk { id: string; name: string; enrolment_code: string }
export interface Entity { key: string; name: string; url: string; staff: Staff[]; kiosks: Kiosk[] }
export interface Demo {
  base_url: string
  entities: Entity[]
  vendor: { url: string } & Omit<Staff, 'role'>
  mailbox_url: string
  openapi_url: string
  processes: Record<string, number>
}

const binary = resolve(import.meta.dirname, '../../../.bin/sportello')

/** A port on loopback nobody listens on, below the kernel's own range. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = 10000 + Math.floor(Math.random() * 9000)
    const free = await new Promise<boolean>((done) => {
      const server = createServer().once('error', () => done(false))
      server.listen(port, '127.0.0.1', () => server.close(() => done(true)))
    })
    if (free) return port
  }
}

export interface Running { demo: Demo; file: string; child: ChildProcess; stop(): Promise<void> }

/** Starts `sportello demo` and waits until it is ready. Its output goes to demo.log in the data folder. */
export async function startDemo(): Promise<Running> {
  const data = mkdtempSync(join(tmpdir(), 'sportello-e2e-'))
  const port = await freePort()
  const child = spawn(binary, ['demo', '--port', String(port), '--data', data], { stdio: ['ignore', 'pipe', 'pipe'] })
  const log = createWriteStream(join(data, 'demo.log'))
  child.stdout.pipe(log)
  child.stderr.pipe(log)
  let ended = false
  child.once('exit', () => (ended = true))
  const file = join(data, 'demo.json')
  const deadline = Date.now() + 180_000
  for (;;) {
    if (ended) throw new Error('the demo ended: ' + readFileSync(join(data, 'demo.log'), 'utf8').slice(-4000))
    if (Date.now() > deadline) throw new Error('the demo is not ready: ' + readFileSync(join(data, 'demo.log'), 'utf8').slice(-4000))
    if (existsSync(file)) {
      const ready = await fetch(`http://127.0.0.1:${port}/readyz`).then((r) => r.ok, () => false)
      if (ready) break
    }
    await new Promise((r) => setTimeout(r, 200))
  }
  const demo = JSON.parse(readFileSync(file, 'utf8')) as Demo
  const stop = async () => {
    if (!ended) {
      const gone = new Promise((r) => child.once('exit', r))
      child.kill('SIGINT')
      await Promise.race([gone, new Promise((r) => setTimeout(r, 30_000))])
      if (!ended) child.kill('SIGKILL')
    }
    rmSync(data, { recursive: true, force: true })
  }
  return { demo, file, child, stop }
}
