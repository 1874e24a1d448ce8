// A LiveKit server of our own on loopback, that can be killed and started again.
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { LiveKitAccess } from './counter'

const BINARY = process.env['LIVEKIT_SERVER'] ?? join(import.meta.dirname, '../../../.bin/livekit-server')
const SECRET = '0123456789abcdef0123456789abcdef'

export class LiveKit {
  private child: ChildProcess | null = null
  private port = 0
  private config = ''

  async start(): Promise<LiveKitAccess> {
    if (this.port === 0) {
      this.port = await freePort()
      const [tcp, udp, stun] = [await freePort(), await freePort(), await freePort()]
      this.config = join(mkdtempSync(join(tmpdir(), 'livekit-')), 'livekit.yaml')
      writeFileSync(this.config, JSON.stringify({
        port: this.port, bind_addresses: ['127.0.0.1'], keys: { devkey: SECRET }, logging: { level: 'warn' },
        rtc: { tcp_port: tcp, udp_port: udp, node_ip: '127.0.0.1', use_external_ip: false, enable_loopback_candidate: true, ips: { includes: ['127.0.0.1/32'] }, stun_servers: [`127.0.0.1:${stun}`] },
        room: { auto_create: true, empty_timeout: 60, departure_timeout: 20, max_participants: 3 },
      }))
    }
    this.child = spawn(BINARY, ['--config', this.config], { stdio: 'ignore' })
    for (let i = 0; i < 100; i += 1) {
      const up = await fetch(`http://127.0.0.1:${this.port}/`).then((r) => r.ok, () => false)
      if (up) return { url: `ws://127.0.0.1:${this.port}`, key: 'devkey', secret: SECRET }
      await new Promise((resolve) => setTimeout(resolve, 100))
    }
    throw new Error('LiveKit does not answer')
  }

  /** As a machine that loses its power. */
  kill(): void { this.child?.kill('SIGKILL') }
  /** As a machine that hangs, and comes back. */
  freeze(): void { this.child?.kill('SIGSTOP') }
  thaw(): void { this.child?.kill('SIGCONT') }
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const probe = createServer()
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as { port: number }
      probe.close(() => resolve(port))
    })
  })
}
