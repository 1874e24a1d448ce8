// code-to-face: from the touch that sends the code at the kiosk to the operator's first decoded frame on its screen,
// against a bare page of livekit-client that joins a room of the same LiveKit in which a picture is already sent.
// Writes one line of JSON per measurement to BENCH_OUT. Started by cmd/bench.
import { expect, test, type Browser, type BrowserContext, type Page } from '@playwright/test'
import { appendFileSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { book, demo, entity, kioskURL, laptop, openDesk, phone, staff, touch, type } from '../e2e/journeys/people.ts'
import { Peer } from './peer.ts'
import { type Mark, probe } from './probe.ts'

const rounds = Number(process.env['BENCH_ROUNDS'] ?? 5)
const out = process.env['BENCH_OUT']!
const PATIENCE = 30_000

function report(who: 'product' | 'peer', round: number, milliseconds: number, marks: Record<string, number>): void {
  appendFileSync(out, JSON.stringify({ who, round, milliseconds, marks }) + '\n')
}

async function probed(browser: Browser, options: object): Promise<BrowserContext> {
  const context = await browser.newContext({ ...options, permissions: ['camera', 'microphone'] })
  await context.addInitScript(probe)
  return context
}

const marksOf = (page: Page): Promise<Mark[]> => page.evaluate(() => window.sportelloMarks)

/** When a mark was first made at or after `from`; null where it was not. */
function when(marks: Mark[], name: string, from = 0): number | null {
  return marks.find((m) => m.name === name && m.at >= from)?.at ?? null
}

async function firstFrame(page: Page, from: number): Promise<number> {
  await expect.poll(async () => when(await marksOf(page), 'frame', from), { timeout: PATIENCE, intervals: [50] }).not.toBeNull()
  return when(await marksOf(page), 'frame', from)!
}

/** Presses N as soon as somebody waits, and no sooner: an operator who answers at once. */
function answerAtOnce(): void {
  const look = (): void => {
    if (!document.body.innerText.includes('Una persona in attesa')) return
    watch.disconnect()
    window.sportelloMarks.push({ name: 'key pressed', at: performance.timeOrigin + performance.now() })
    document.body.dispatchEvent(new KeyboardEvent('keydown', { key: 'n', bubbles: true, cancelable: true }))
  }
  const watch = new MutationObserver(look)
  watch.observe(document.body, { subtree: true, childList: true, characterData: true })
}

const isernia = entity('isernia')

async function product(desk: Page, kiosk: Page, code: string, round: number): Promise<void> {
  await desk.reload()
  await expect(desk.getByText('Pronto per il prossimo')).toBeVisible()
  await desk.evaluate(answerAtOnce)
  await kiosk.reload()
  await kiosk.getByRole('button', { name: /Tocchi qui/ }).click()
  await type(kiosk, code)
  await kiosk.waitForTimeout(1_500) // as one looks at the digits before going on; both sides are at rest
  await kiosk.evaluate(() => addEventListener('click', () =>
    window.sportelloMarks.push({ name: 'touched', at: performance.timeOrigin + performance.now() }), { capture: true, once: true }))
  await kiosk.getByRole('button', { name: 'Continua' }).click()
  await expect.poll(async () => when(await marksOf(kiosk), 'touched')).not.toBeNull()
  const start = when(await marksOf(kiosk), 'touched')!
  const end = await firstFrame(kiosk, start)
  const [here, there] = [await marksOf(kiosk), await marksOf(desk)]
  const marks: Record<string, number> = {}
  const note = (label: string, all: Mark[], name: string): void => {
    const at = when(all, name, start)
    if (at !== null) marks[label] = Math.round(at - start)
  }
  note('code accepted', here, 'answer /api/kiosk/sessions')
  note('desk sees who waits, N', there, 'key pressed')
  note('claimed', there, 'answer /api/desk/next')
  note('desk signalling asked', there, 'signalling asked')
  note('desk signalling open', there, 'signalling open')
  note('desk connected', there, 'peer connection connected')
  note('desk sends', there, 'sending video')
  note('kiosk asks to join', here, 'ask /api/kiosk/session/join')
  note('kiosk may join', here, 'answer /api/kiosk/session/join')
  note('kiosk signalling open', here, 'signalling open')
  note('kiosk connected', here, 'peer connection connected')
  note('kiosk has the track', here, 'remote video')
  report('product', round, end - start, marks)
  await desk.waitForTimeout(1_000)
  const closed = await desk.evaluate(() => fetch('/api/desk/session/close', {
    method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ outcome: 'resolved' }),
  }).then((r) => r.status))
  expect(closed).toBeLessThan(300)
  await expect(kiosk.getByRole('button', { name: /Continua/ })).toHaveCount(0)
  await kiosk.waitForTimeout(1_000)
}

/** The room is in use and its picture flows before the clock starts; it starts at connect(). */
async function peer(browser: Browser, bare: Peer, round: number): Promise<void> {
  const room = await bare.room()
  const operator = await probed(browser, laptop)
  const citizen = await probed(browser, touch)
  const [a, b] = [await operator.newPage(), await citizen.newPage()]
  await Promise.all([a.goto(bare.url), b.goto(bare.url)])
  await a.evaluate(([url, token]) => (window as unknown as { publish(url: string, token: string): Promise<void> }).publish(url!, token!), [bare.livekit, bare.token(room, 'operator')])
  await a.waitForTimeout(2_000)
  const start = await b.evaluate(([url, token]) => (window as unknown as { watch(url: string, token: string): number }).watch(url!, token!), [bare.livekit, bare.token(room, 'citizen')])
  const end = await firstFrame(b, start)
  const all = await marksOf(b)
  const marks: Record<string, number> = {}
  for (const name of ['signalling open', 'peer connection connected', 'remote video']) {
    const at = when(all, name, start)
    if (at !== null) marks[name] = Math.round(at - start)
  }
  report('peer', round, end - start, marks)
  await Promise.all([operator.close(), citizen.close()])
}

test('code-to-face', async ({ browser }) => {
  const secret = readFileSync(join(dirname(process.env['SPORTELLO_DEMO']!), 'livekit.key'), 'utf8').trim()
  const desk = await openDesk(browser, isernia, staff(isernia, 'operator'))
  await desk.context().addInitScript(probe)
  const citizen = await browser.newContext({ ...phone, javaScriptEnabled: false })
  const form = await citizen.newPage()
  // Where browsers reach the media server stands in the rules that every page is sent with.
  const livekit = /\bws:\/\/[^\s;]+/.exec((await fetch(demo.base_url)).headers.get('content-security-policy') ?? '')
  const bare = new Peer(secret, livekit![0])
  // Few appointments are near enough to be let in: the kiosks take turns.
  const kiosks: Page[] = []
  for (const k of isernia.kiosks) {
    const page = await (await probed(browser, touch)).newPage()
    await page.goto(kioskURL)
    await type(page, k.enrolment_code)
    await page.getByRole('button', { name: 'Attiva la postazione' }).click()
    await expect(page.getByRole('button', { name: /Tocchi qui/ })).toBeVisible()
    kiosks.push(page)
  }
  for (let round = 0; round <= rounds; round++) { // round 0 warms both up
    const n = round % kiosks.length
    const { code } = await book(form, isernia, 'certificati-anagrafici', isernia.kiosks[n]!.name.replace('Postazione ', ''))
    await product(desk, kiosks[n]!, code, round)
    await desk.goto('about:blank') // nothing of the product runs beside the peer but its server
    await bare.start()
    await peer(browser, bare, round)
    await desk.goto(`${isernia.url}/operatore`)
  }
  bare.stop()
})
