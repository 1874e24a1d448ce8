// A paper of several pages: asked for at the desk, captured at the kiosk, straight and cropped, one PDF.
import { expect, test, chromium, type Browser, type Page } from '@playwright/test'
import { execFileSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import config from '../../playwright.config.ts'
import { shot } from './people.ts'
import { axe, inCall, leave, talking, world, type World } from './world.ts'

test.afterEach(({ browser }) => leave(browser))

const scratch = resolve(import.meta.dirname, '../../test-results')

/** A sheet lying askew on a dark table: a red band on top, lines of print, a blue band at the foot. */
const SHEET = `<style>body{margin:0;background:#2b2622}</style><svg width="1280" height="720" viewBox="0 0 1280 720">
  <g transform="translate(640 360) rotate(-9) skewX(-7) translate(-233 -330)"><rect width="466" height="660" fill="#f4f2ec"/>
  <rect x="30" y="30" width="406" height="60" fill="#c01818"/><rect x="30" y="570" width="406" height="60" fill="#1838c0"/>
  ${Array.from({ length: 14 }, (_, i) => `<rect x="40" y="${120 + i * 30}" width="${i % 4 === 3 ? 240 : 380}" height="9" fill="#333"/>`).join('')}</g></svg>`

/** A browser whose camera sees the sheet. */
async function seeing(browser: Browser): Promise<Browser> {
  const page = await browser.newPage({ viewport: { width: 1280, height: 720 } })
  await page.setContent(SHEET)
  const frame = await page.screenshot({ type: 'jpeg', quality: 92 })
  await page.close()
  mkdirSync(scratch, { recursive: true })
  const film = resolve(scratch, 'sheet.mjpeg')
  writeFileSync(film, Buffer.concat([frame, frame]))
  const launch = config.use!.launchOptions!
  return chromium.launch({ ...launch, args: [...launch.args!, `--use-file-for-fake-video-capture=${film}`] })
}

/** The colour at a place of a picture, in parts of its sides, and its shape. */
async function look(page: Page, picture: string): Promise<{ ratio: number; at: (x: number, y: number) => Promise<string> }> {
  const image = page.locator(picture)
  await expect.poll(() => image.evaluate((i) => (i as HTMLImageElement).naturalWidth)).toBeGreaterThan(100)
  const ratio = await image.evaluate((i) => (i as HTMLImageElement).naturalHeight / (i as HTMLImageElement).naturalWidth)
  const at = (x: number, y: number) => image.evaluate((i, [x, y]) => {
    const of = i as HTMLImageElement
    const canvas = Object.assign(document.createElement('canvas'), { width: of.naturalWidth, height: of.naturalHeight })
    const context = canvas.getContext('2d')!
    context.drawImage(of, 0, 0)
    const [r, g, b] = context.getImageData(Math.floor(x! * of.naturalWidth), Math.floor(y! * of.naturalHeight), 1, 1).data
    return r! > 150 && g! < 90 ? 'red' : b! > 150 && r! < 90 ? 'blue' : r! > 190 ? 'white' : r! < 90 ? 'dark' : 'other'
  }, [x, y] as const)
  return { ratio, at }
}

/** Fetches the original of the open paper as the desk's link does; gives where it lies. */
async function download(desk: Page, name: string): Promise<string> {
  const link = desk.getByRole('link', { name: 'Scarica il file originale' })
  const [type, body] = await link.evaluate(async (a) => {
    const res = await fetch((a as HTMLAnchorElement).href)
    return [res.headers.get('content-type'), btoa(Array.from(new Uint8Array(await res.arrayBuffer()), (b) => String.fromCharCode(b)).join(''))] as const
  })
  expect(type).toBe('application/pdf')
  mkdirSync(scratch, { recursive: true })
  const path = resolve(scratch, `${name}.pdf`)
  writeFileSync(path, Buffer.from(body, 'base64'))
  return path
}

/** A call at whose kiosk the sheet lies. */
async function withSheet(browser: Browser, go: (w: World, kiosk: Page, desk: Page) => Promise<void>): Promise<void> {
  const w = await world(browser)
  const other = await seeing(browser)
  try {
    const { kiosk, desk } = await inCall(other, w)
    await go(w, kiosk, desk)
  } finally {
    await other.close()
  }
}

test('the operator asks for a contract; page after page becomes one straight PDF', async ({ browser }) => {
  await withSheet(browser, async (_, kiosk, desk) => {
    await desk.keyboard.press('q')
    const send = desk.getByRole('button', { name: 'Chiedi alla persona' })
    await expect(send).toBeDisabled()
    await desk.getByLabel(/Che documento/).fill('Contratto di affitto')
    await desk.getByLabel('Quante pagine').selectOption('2')
    await axe(desk)
    await shot(desk, 'desk-ask-paper')
    await send.click()
    await expect(desk.getByText('Chiesto: Contratto di affitto')).toBeVisible()
    await expect(kiosk.getByText('L’operatore chiede: Contratto di affitto. 2 pagine.')).toBeVisible()
    await axe(kiosk)
    await shot(kiosk, 'kiosk-paper-aim')
    await kiosk.getByRole('button', { name: 'Fotografa la pagina' }).click()
    const picture = kiosk.getByRole('img', { name: 'Pagina 1, raddrizzata e ritagliata' })
    await expect(picture).toBeVisible()
    const first = await look(kiosk, '.pages .viewfinder img')
    expect(first.ratio).toBeCloseTo(Math.SQRT2, 1)
    for (const [x, y, colour] of [[0.03, 0.02, 'white'], [0.97, 0.02, 'white'], [0.03, 0.98, 'white'], [0.97, 0.98, 'white'], [0.5, 0.09, 'red'], [0.5, 0.91, 'blue']] as const) {
      expect(await first.at(x, y), `${x} ${y}`).toBe(colour)
    }
    await axe(kiosk)
    await shot(kiosk, 'kiosk-paper-pages-1')

    // The corners by keyboard, by mouse, and the photograph whole.
    await kiosk.getByRole('button', { name: 'Correggi i bordi' }).click()
    const corner = kiosk.getByRole('button', { name: 'Angolo in alto a sinistra' })
    const place = () => corner.locator('.corner-dot').getAttribute('cx').then(Number)
    const before = await place()
    await corner.focus()
    for (let i = 0; i < 4; i++) await kiosk.keyboard.press('ArrowLeft')
    expect(await place()).toBeCloseTo(before - 4 * 0.005 * 1280, 0)
    const box = (await corner.locator('.corner-dot').boundingBox())!
    await kiosk.mouse.move(box.x + box.width / 2, box.y + box.height / 2)
    await kiosk.mouse.down()
    await kiosk.mouse.move(box.x + 120, box.y + 60, { steps: 4 })
    await kiosk.mouse.up()
    expect(await place()).toBeGreaterThan(before + 20)
    await axe(kiosk)
    await shot(kiosk, 'kiosk-paper-corners')
    await kiosk.getByRole('button', { name: 'Lascia la foto intera' }).click()
    await kiosk.getByRole('button', { name: 'Va bene così' }).click()
    await expect(kiosk.getByRole('button', { name: 'Ho finito' })).toBeEnabled()
    await expect.poll(async () => (await look(kiosk, '.pages .viewfinder img')).ratio).toBeCloseTo(720 / 1280, 1)
    expect(await (await look(kiosk, '.pages .viewfinder img')).at(0.03, 0.5)).toBe('dark')
    await kiosk.getByRole('button', { name: 'Rifai' }).click()
    await kiosk.getByRole('button', { name: 'Fotografa la pagina' }).click()
    await expect.poll(async () => (await look(kiosk, '.pages .viewfinder img')).ratio).toBeCloseTo(Math.SQRT2, 1)

    await kiosk.getByRole('button', { name: 'Aggiungi un’altra pagina' }).click()
    await kiosk.getByRole('button', { name: 'Fotografa la pagina 2' }).click()
    await kiosk.getByRole('button', { name: 'Aggiungi un’altra pagina' }).click()
    await kiosk.getByRole('button', { name: 'Fotografa la pagina 3' }).click()
    await expect(kiosk.getByRole('list', { name: 'Pagine fotografate' }).getByRole('button')).toHaveCount(3)
    await kiosk.getByRole('button', { name: 'Ruota' }).click()
    await expect.poll(async () => (await look(kiosk, '.pages .viewfinder img')).ratio).toBeCloseTo(Math.SQRT1_2, 1)
    await kiosk.getByRole('button', { name: 'Sposta prima' }).click()
    await shot(kiosk, 'kiosk-paper-pages-3')

    // The line fails while it is sent: nothing is lost.
    await kiosk.context().route('**/api/kiosk/session/documents', (route) => route.abort())
    await kiosk.getByRole('button', { name: 'Ho finito' }).click()
    await expect(kiosk.locator('p.alert')).toContainText('Le pagine sono ancora qui')
    await axe(kiosk)
    await kiosk.context().unroute('**/api/kiosk/session/documents')
    await kiosk.getByRole('button', { name: 'Ho finito' }).click()
    await expect(kiosk.getByText('Il documento è arrivato all’operatore')).toBeVisible()
    await expect(desk.getByText('Arrivato: Contratto di affitto')).toBeVisible()
    await talking(kiosk, desk)
    await desk.getByRole('button', { name: /Contratto di affitto\.pdf dalla postazione · 3 pagine/ }).click()
    await expect(desk.locator('.sheet img')).toHaveCount(3)
    const shown = await look(desk, '.sheet img >> nth=0')
    expect(shown.ratio).toBeCloseTo(Math.SQRT2, 1)
    expect(await shown.at(0.5, 0.09)).toBe('red')
    await axe(desk)
    await shot(desk, 'desk-paper')
    expect(execFileSync('pdfinfo', [await download(desk, 'contratto')], { encoding: 'utf8' })).toMatch(/Pages:\s+3[\s\S]*\(A4\)/)
    await desk.keyboard.press('Escape')
    // Nothing of it stays in the page.
    expect(await kiosk.evaluate(() => document.documentElement.outerHTML)).not.toContain('blob:')
  })
})

test('a text and a paper are signed on the screen, one by hand, one with a typed name, one not', async ({ browser }) => {
  const w = await world(browser)
  const { kiosk, desk } = await inCall(browser, w)
  const ask = async (document: string) => {
    await desk.keyboard.press('f')
    await desk.getByLabel('Che cosa si firma').selectOption(document)
    if (document === 'Un testo che scrivo ora') {
      await desk.getByLabel(/Titolo/).fill('Ricevuta di consegna')
      await desk.getByLabel('Testo', { exact: true }).fill('Ricevo oggi la carta d’identità.\n\nNe confermo i dati.')
      await axe(desk)
      await shot(desk, 'desk-ask-signature')
    }
    await desk.getByRole('button', { name: 'Chiedi la firma' }).click()
    await expect(desk.getByText(/^Firma chiesta: /)).toBeVisible()
    await expect(kiosk.getByRole('heading', { name: 'Legga, poi decida se firmare' })).toBeVisible()
  }
  await ask('Un testo che scrivo ora')
  await expect.poll(() => kiosk.locator('.reading-page img').evaluate((i) => (i as HTMLImageElement).naturalWidth)).toBeGreaterThan(500)
  await axe(kiosk)
  await shot(kiosk, 'kiosk-sign-read')
  await kiosk.getByRole('button', { name: 'Vai alla firma' }).click()
  const confirm = kiosk.getByRole('button', { name: 'Conferma', exact: true })
  await expect(confirm).toBeDisabled()
  const stroke = async () => {
    const box = (await kiosk.locator('.pad').boundingBox())!
    await kiosk.mouse.move(box.x + box.width * 0.2, box.y + box.height * 0.6)
    await kiosk.mouse.down()
    for (let i = 1; i <= 30; i++) await kiosk.mouse.move(box.x + box.width * (0.2 + i * 0.018), box.y + box.height * (0.5 + 0.25 * Math.sin(i)))
    await kiosk.mouse.up()
  }
  await stroke()
  await expect(confirm).toBeEnabled()
  await kiosk.getByRole('button', { name: 'Cancella', exact: true }).click()
  await expect(confirm).toBeDisabled()
  await stroke()
  await axe(kiosk)
  await shot(kiosk, 'kiosk-sign-draw')
  await confirm.click()
  await expect(kiosk.getByRole('heading', { name: 'Ha firmato' })).toBeVisible()
  await expect(desk.getByText('Firmato: Ricevuta di consegna.pdf')).toBeVisible()
  await desk.getByRole('button', { name: /Ricevuta di consegna - firmato\.pdf firmato · 2 pagine/ }).click()
  await expect(desk.locator('.sheet img')).toHaveCount(2)
  await desk.locator('.sheet img').nth(1).scrollIntoViewIfNeeded()
  await expect.poll(() => desk.locator('.sheet img').nth(1).evaluate((i) => (i as HTMLImageElement).naturalWidth)).toBeGreaterThan(500)
  await axe(desk)
  await shot(desk, 'desk-signed')
  const text = execFileSync('pdftotext', ['-layout', await download(desk, 'firmato'), '-'], { encoding: 'utf8' })
  expect(text).toContain('Firma elettronica semplice')
  expect(text).toMatch(/[0-9a-f]{64}/)
  await desk.keyboard.press('Escape')
  await talking(kiosk, desk)

  // Not signed.
  await ask('Ricevuta di consegna.pdf')
  await kiosk.getByRole('button', { name: 'Non firmo' }).click()
  await expect(desk.getByText('Non firma: Ricevuta di consegna.pdf')).toBeVisible()
  await talking(kiosk, desk)

  // Taken back.
  await ask('Ricevuta di consegna.pdf')
  await desk.getByRole('button', { name: 'Ritira' }).click()
  await talking(kiosk, desk)

  // A typed name, by who cannot draw.
  await ask('Ricevuta di consegna.pdf')
  await kiosk.getByRole('button', { name: 'Vai alla firma' }).click()
  await kiosk.getByRole('button', { name: 'Non posso firmare così' }).click()
  for (const letter of 'Non') await kiosk.getByRole('button', { name: new RegExp(`^${letter}$`, 'i') }).click()
  await kiosk.keyboard.type('na')
  await expect(kiosk.locator('.draft')).toHaveText('Nonna')
  await axe(kiosk)
  await shot(kiosk, 'kiosk-sign-type')
  await expect(desk.locator('.typing')).toHaveCount(0) // it is no word of the conversation
  await kiosk.getByRole('button', { name: 'Confermo' }).click()
  await expect(kiosk.getByRole('heading', { name: 'Ha firmato' })).toBeVisible()
  await expect(desk.getByText('Firmato: Ricevuta di consegna.pdf')).toBeVisible()
  await talking(kiosk, desk)
})
