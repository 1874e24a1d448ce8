// A browser under the kiosk's policy. Debian's Chromium reads policies from one folder of the machine: inside
// bubblewrap that folder is ours, and nobody else's browser is touched.
import { chromium, type BrowserContext } from '@playwright/test'
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import config from '../../playwright.config'

const launch = config.use!.launchOptions!
const source = resolve(import.meta.dirname, '../../../infra/images/kiosk/policies.json')

/** Policies that forbid what the test itself holds the browser by; {@link locked} leaves them out unless `whole`. */
const HOLD = ['RemoteDebuggingAllowed', 'DeveloperToolsAvailability']

/** Opens a browser whose machine has the policy for the origin, or none. */
export async function locked(origin: string | null, whole = false): Promise<BrowserContext> {
  const dir = mkdtempSync(join(tmpdir(), 'sportello-locked-'))
  const managed = join(dir, 'policies', 'managed')
  mkdirSync(managed, { recursive: true })
  if (origin !== null) {
    const policy = JSON.parse(readFileSync(source, 'utf8').replaceAll('@ORIGIN@', origin)) as Record<string, unknown>
    if (!whole) for (const name of HOLD) delete policy[name]
    writeFileSync(join(managed, 'sportello.json'), JSON.stringify(policy))
  }
  const wrapper = join(dir, 'chromium')
  writeFileSync(wrapper, `#!/bin/sh
exec bwrap --dev-bind / / --tmpfs /etc/chromium --bind ${join(dir, 'policies')} /etc/chromium/policies ${launch.executablePath} "$@"
`)
  chmodSync(wrapper, 0o755)
  const args = launch.args!.filter((arg) => arg !== '--use-fake-ui-for-media-stream') // the policy must grant the camera
  return chromium.launchPersistentContext(join(dir, 'profile'), { ...launch, args, executablePath: wrapper, locale: 'it-IT', timeout: 15_000 })
}
