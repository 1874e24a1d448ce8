// A real call between both apps over a real LiveKit server: from one key to a face, through drops of every kind, to a
// kiosk on which nothing remains.
import { type BrowserContext, expect, type Page, test } from '@playwright/test'
import { join } from 'node:path'
import { Counter } from './counter'
import { LiveKit } from './livekit'

const OUT = process.env['APPS_SCREENS'] ?? join(import.meta.dirname, '../../test-results/screens')

let livekit: LiveKit
let counter: Counter
let kiosk: Page
let desk: Page
let contexts: BrowserContext[]

test.beforeEach(async ({ browser }) => {
  livekit = new LiveKit()
  counter = new Counter(await livekit.start())
  await counter.start()
  contexts = await Promise.all([1920, 1366].map((width) =>
    browser.newContext({ viewport: { width, height: width === 1920 ? 1080 : 768 }, permissions: ['camera', 'microphone'], locale: 'it-IT', timezoneId: 'Europe/Rome' })))
  kiosk = await contexts[0]!.newPage()
  desk = await contexts[1]!.newPage()
  for (const page of [kiosk, desk]) {
    await page.addInitScript(() => {
      const kept: MediaStreamTrack[] = []
      Object.assign(globalThis, { tracks: kept })
      const real = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices)
      navigator.mediaDevices.getUserMedia = async (constraints) => {
        const stream = await real(constraints)
        kept.push(...stream.getTracks())
        return stream
      }
    })
  }
})

test.afterEach(async () => {
  for (const context of contexts) await context.close()
  livekit.thaw()
  livekit.kill()
  await counter.stop()
})

/** Frames the other side's picture has shown so far; -1 while there is none. */
const frames = (page: Page): Promise<number> =>
  page.evaluate(() => document.querySelector<HTMLVideoElement>('.remote video')?.getVideoPlaybackQuality().totalVideoFrames ?? -1)

/** Waits until the other side's picture moves, and says how long that took. */
async function moving(page: Page, timeout: number): Promise<number> {
  const start = Date.now()
  let before = await frames(page)
  await expect.poll(async () => {
    const now = await frames(page)
    const grew = now > before && before >= 0
    before = now
    return grew
  }, { timeout, intervals: [100] }).toBe(true)
  return Date.now() - start
}

async function meet(): Promise<void> {
  await desk.goto(counter.deskUrl)
  await kiosk.goto(counter.kioskUrl)
  await kiosk.getByRole('button', { name: /Tocchi qui/ }).click()
  await kiosk.keyboard.type('482 719 3506')
  await kiosk.keyboard.press('Enter')
  await expect(desk.getByText('Una persona in attesa', { exact: true })).toBeVisible()
  await expect.poll(() => kiosk.evaluate(() => document.querySelector('video')?.videoWidth ?? 0)).toBeGreaterThan(0)
}

async function together(): Promise<void> {
  await meet()
  await desk.keyboard.press('n')
  const [a, b] = await Promise.all([moving(desk, 20_000), moving(kiosk, 20_000)])
  console.log(`from one key to the face: desk ${a} ms, kiosk ${b} ms`)
  await expect.poll(() => counter.session?.state, { timeout: 15_000 }).toBe('connected')
}

test('one key leads to a face, a paper and a word go over, and nothing remains', async () => {
  await together()
  await desk.screenshot({ path: join(OUT, 'call-desk.png') })
  counter.say('desk', 'Buongiorno, mi mostra la tessera sanitaria?')
  await expect(kiosk.getByText('mi mostra la tessera').first()).toBeVisible()
  await kiosk.screenshot({ path: join(OUT, 'call-kiosk.png') })
  await kiosk.getByRole('button', { name: 'Rispondi per iscritto' }).click()
  await kiosk.screenshot({ path: join(OUT, 'call-kiosk-replies.png') })
  await kiosk.getByRole('button', { name: 'Un momento' }).click()
  await expect(desk.getByRole('list', { name: 'Messaggi' })).toContainText('Un momento')
  await kiosk.getByRole('button', { name: 'Mostra un documento' }).click()
  await kiosk.screenshot({ path: join(OUT, 'call-kiosk-aim.png') })
  await kiosk.getByRole('button', { name: 'Fotografa la pagina' }).click()
  await expect(kiosk.getByRole('heading', { name: 'Si legge bene?' })).toBeVisible()
  await kiosk.screenshot({ path: join(OUT, 'call-kiosk-review.png') })
  await kiosk.getByRole('button', { name: 'Ho finito' }).click()
  await expect(kiosk.getByText('Il documento è arrivato all’operatore')).toBeVisible()
  await desk.getByRole('button', { name: /documento.jpg/ }).click()
  await expect.poll(() => desk.evaluate(() => document.querySelector<HTMLImageElement>('.sheet img')?.naturalWidth ?? 0)).toBeGreaterThan(300)
  await desk.keyboard.press('Escape')
  // The line between them stood all the while.
  await moving(kiosk, 10_000)
  await desk.keyboard.press('e')
  await desk.keyboard.press('Space')
  await desk.getByRole('button', { name: 'Concludi il colloquio' }).click()
  await expect(kiosk.getByText('Tutto è stato cancellato', { exact: true })).toBeVisible()
  await expect.poll(() => kiosk.evaluate(() => (globalThis as unknown as { tracks: MediaStreamTrack[] }).tracks.every((t) => t.readyState === 'ended')), { timeout: 2_000 }).toBe(true)
  await kiosk.getByRole('button', { name: 'Torna all’inizio' }).click()
  const rest = await kiosk.evaluate(() => [document.documentElement.outerHTML, JSON.stringify(localStorage), JSON.stringify(sessionStorage), document.cookie].join(' '))
  for (const trace of ['tessera', 'Un momento', '4827193506', 'Anna Verdi', 'blob:']) expect(rest).not.toContain(trace)
})

test('held, nobody sees the citizen; resumed, the face is back', async () => {
  await together()
  await desk.keyboard.press('h')
  await expect(kiosk.getByRole('heading', { name: 'L’operatore torna subito' })).toBeVisible()
  await expect(desk.getByText('In attesa: la persona non La vede')).toBeVisible()
  const sending = (): Promise<boolean> => kiosk.evaluate(() => (globalThis as unknown as { tracks: MediaStreamTrack[] }).tracks.some((t) => t.readyState === 'live' && t.enabled))
  await expect.poll(sending, { timeout: 5_000 }).toBe(false)
  await desk.keyboard.press('h')
  await moving(kiosk, 10_000)
  await expect.poll(sending).toBe(true)
})

test('a reload of the desk in the middle of a call is back in it', async () => {
  await together()
  const start = Date.now()
  await desk.reload()
  await moving(desk, 15_000)
  console.log(`desk reloaded and back: ${Date.now() - start} ms`)
  await expect.poll(() => counter.session?.state, { timeout: 15_000 }).toBe('connected')
})

test('a video server that dies is told within 3 s and survived', async () => {
  await together()
  livekit.kill()
  const died = Date.now()
  await Promise.all([
    expect(kiosk.getByRole('heading', { name: 'Il collegamento è caduto' })).toBeVisible({ timeout: 4_000 }),
    expect(desk.getByText('Collegamento caduto: riprovo')).toBeVisible({ timeout: 4_000 }),
  ])
  console.log(`both told of the death after ${Date.now() - died} ms`)
  await kiosk.waitForTimeout(2_000)
  await livekit.start()
  const up = Date.now()
  await Promise.all([moving(kiosk, 20_000), moving(desk, 20_000)])
  console.log(`both back ${Date.now() - up} ms after the server was`)
  await expect.poll(() => counter.session?.state, { timeout: 15_000 }).toBe('connected')
})

test('a video server that hangs is told within 3 s and survived', async () => {
  await together()
  livekit.freeze()
  const hung = Date.now()
  await expect(kiosk.getByRole('heading', { name: 'Il collegamento è caduto' })).toBeVisible({ timeout: 5_000 })
  console.log(`kiosk told of the freeze after ${Date.now() - hung} ms`)
  await kiosk.waitForTimeout(3_000)
  livekit.thaw()
  const up = Date.now()
  await Promise.all([moving(kiosk, 30_000), moving(desk, 30_000)])
  console.log(`both back ${Date.now() - up} ms after the thaw`)
})

test('a second desk window takes the call, and the first may take it back', async () => {
  await together()
  const second = await contexts[1]!.newPage()
  await second.goto(counter.deskUrl)
  await moving(second, 15_000)
  await expect(desk.getByText('Il colloquio è aperto in un’altra finestra')).toBeVisible()
  await desk.waitForTimeout(4_000)
  await moving(second, 5_000)
  await desk.getByRole('button', { name: 'Riprendi qui' }).click()
  await moving(desk, 15_000)
  await expect(second.getByText('Il colloquio è aperto in un’altra finestra')).toBeVisible()
})
