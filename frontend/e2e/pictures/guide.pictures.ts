// Takes the pictures of README and guides from the demo's own screens.
import { chromium, expect, test, type Browser, type Page } from '@playwright/test'
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import config from './playwright.config'
import { entity, kioskURL, seesFrames, signIn, staff, type } from '../journeys/people.ts'
import { shrink } from './png.ts'

const here = import.meta.dirname
const images = resolve(here, '../../../docs/images')
const scratch = resolve(here, '../../test-results/pictures')
const launch = config.use!.launchOptions!

/** Keeps what the page shows as docs/images/<name>.png. */
async function keep(page: Page, name: string): Promise<void> {
  await page.evaluate(() => document.fonts.ready.then(() => undefined))
  await page.waitForTimeout(400)
  for (let left = 3; ; left--) {
    try {
      writeFileSync(join(images, `${name}.png`), shrink(await page.screenshot({ animations: 'disabled' })))
      return
    } catch (e) {
      if (left === 0) throw e // headless Chromium sometimes has no frame to give while video plays
    }
  }
}

/** A browser whose camera sees a drawing. */
async function browserThatSees(browser: Browser, drawing: string): Promise<Browser> {
  const page = await browser.newPage({ viewport: { width: 1280, height: 720 } })
  const svg = readFileSync(join(here, `${drawing}.svg`), 'utf8')
  await page.setContent(`<style>body{margin:0}svg{display:block;width:1280px;height:720px}</style>${svg}`)
  const frame = await page.screenshot({ type: 'jpeg', quality: 92 })
  await page.close()
  const film = join(scratch, `${drawing}.mjpeg`)
  writeFileSync(film, Buffer.concat([frame, frame]))
  return chromium.launch({ ...launch, args: [...launch.args!, `--use-file-for-fake-video-capture=${film}`] })
}

async function opened(browser: Browser, width: number, height: number, deviceScaleFactor: number): Promise<Page> {
  const context = await browser.newContext({
    viewport: { width, height }, deviceScaleFactor, locale: 'it-IT', timezoneId: 'Europe/Rome', permissions: ['camera', 'microphone'],
  })
  return context.newPage()
}

async function atTop(page: Page, selector: string): Promise<void> {
  await page.locator(selector).first().evaluate((e) => scrollTo(0, e.getBoundingClientRect().top + scrollY - 24))
}

test('the pictures', async ({ browser }) => {
  mkdirSync(images, { recursive: true })
  rmSync(scratch, { recursive: true, force: true })
  mkdirSync(scratch, { recursive: true })
  const isernia = entity('isernia')
  const lazzaro = isernia.kiosks.find((k) => k.name.includes('San Lazzaro'))!

  // The phone.
  const phone = await opened(browser, 360, 740, 1.5)
  await phone.goto(isernia.url)
  await keep(phone, 'telefono-home')
  await phone.goto(`${isernia.url}/servizi/certificati-anagrafici`)
  await phone.locator('[data-element="service-booking-access"]').first().click()
  await phone.getByRole('radio', { name: /San Lazzaro/ }).check({ force: true })
  await atTop(phone, 'fieldset')
  await keep(phone, 'telefono-luogo')
  const on = () => phone.getByRole('button', { name: /Avanti|Continua/ }).click()
  await on()
  await phone.getByRole('radio').first().check({ force: true })
  await atTop(phone, '#giorni')
  await keep(phone, 'telefono-orario')
  await on()
  await on()
  await phone.getByLabel(/^Nome/).fill('Lucia')
  await phone.getByLabel(/^Cognome/).fill('Ferri')
  await phone.getByLabel(/mail/i).first().fill('lucia.ferri@example.org')
  await on()
  await keep(phone, 'telefono-riepilogo')
  await phone.getByRole('button', { name: 'Conferma' }).click()
  await expect(phone.getByRole('heading', { level: 1 })).toContainText(/confermato/i)
  const shown = phone.locator('.cmp-code').first()
  const code = ((await shown.textContent()) ?? '').replace(/\D/g, '')
  await keep(phone, 'telefono-conferma')

  // The back office; its administrator also makes the kiosk's code.
  const office = await opened(browser, 1180, 760, 1)
  await signIn(office, isernia, staff(isernia, 'administrator'), '/amministrazione')
  await office.goto(`${isernia.url}/amministrazione/postazioni/${lazzaro.id}`)
  await office.getByRole('button', { name: /codice di attivazione/i }).click()
  const activation = ((await office.locator('.office-secret').first().textContent()) ?? '').replace(/\D/g, '')
  await office.goto(`${isernia.url}/amministrazione/servizi`)
  await keep(office, 'amministrazione-servizi')
  await office.goto(`${isernia.url}/amministrazione/uffici`)
  await office.getByRole('link', { name: 'Ufficio anagrafe' }).first().click()
  const today = new Intl.DateTimeFormat('sv-SE', { timeZone: 'Europe/Rome' }).format(new Date())
  await office.getByLabel(/^Giorno/).fill(today)
  await office.getByLabel(/^Motivo/).fill('Disinfestazione')
  await office.getByRole('button', { name: 'Aggiungi', exact: true }).click()
  await expect(office.getByText('Avvisi queste persone').first()).toBeVisible()
  await atTop(office, '#chiusure')
  await keep(office, 'amministrazione-chiusure')
  await office.getByRole('row', { name: /Disinfestazione/ }).getByRole('button', { name: /Annulla/ }).click()
  await expect(office.getByRole('row', { name: /Disinfestazione/ })).toHaveCount(0)
  await office.goto(`${isernia.url}/amministrazione/messaggi`)
  await expect(office.getByRole('row', { name: /Conferma.*Inviato/ }).first()).toBeVisible()
  await keep(office, 'amministrazione-messaggi')

  // The kiosk and the desk.
  const kiosk = await opened(await browserThatSees(browser, 'citizen'), 1920, 1080, 0.5)
  await kiosk.goto(kioskURL)
  await type(kiosk, activation)
  await kiosk.getByRole('button', { name: 'Attiva la postazione' }).click()
  await expect(kiosk.getByRole('button', { name: /Tocchi qui/ })).toBeVisible()
  await keep(kiosk, 'postazione-inizio')
  await office.goto(`${isernia.url}/amministrazione/postazioni`)
  await keep(office, 'amministrazione-postazioni')
  const desk = await opened(await browserThatSees(browser, 'operator'), 1366, 768, 1)
  await signIn(desk, isernia, staff(isernia, 'operator'))
  await expect(desk.getByText('Pronto per il prossimo')).toBeVisible()

  await kiosk.getByRole('button', { name: /Tocchi qui/ }).click()
  await type(kiosk, code.slice(0, 6))
  await keep(kiosk, 'postazione-codice')
  await type(kiosk, code.slice(6))
  await kiosk.getByRole('button', { name: 'Continua' }).click()
  await expect(kiosk.getByText('La chiamiamo tra poco')).toBeVisible()
  await expect(desk.getByText('Una persona in attesa')).toBeVisible()
  await kiosk.waitForTimeout(3_000)
  await keep(kiosk, 'postazione-attesa')
  await keep(desk, 'scrivania-attesa')
  await desk.keyboard.press('n')
  await seesFrames(kiosk, 'Video dell’operatore')
  await seesFrames(desk, 'Video della persona')
  await desk.getByLabel('Scriva alla persona').fill('Buongiorno, mi mostri il documento')
  await desk.getByRole('button', { name: 'Invia', exact: true }).click()
  await expect(kiosk.getByText('Buongiorno, mi mostri il documento', { exact: true })).toBeVisible()
  await desk.getByLabel('Appunti').fill('Certificato di residenza, in carta libera.')
  await kiosk.waitForTimeout(3_000)
  await keep(kiosk, 'postazione-colloquio')
  await keep(desk, 'scrivania-colloquio')
  await office.goto(`${isernia.url}/operatore/sala`)
  await keep(office, 'sala')
  await desk.getByLabel('Risolto', { exact: true }).check({ force: true })
  await desk.getByRole('button', { name: 'Concludi il colloquio' }).click()
  await expect(kiosk.getByText(/cancellato/i).first()).toBeVisible()
  await kiosk.context().browser()!.close()
  await desk.context().browser()!.close()

  // The three people in one picture.
  const image = (name: string) => `data:image/png;base64,${readFileSync(join(images, `${name}.png`)).toString('base64')}`
  const all = await opened(browser, 1360, 540, 1)
  await all.setContent(`<style>
    body{margin:0;height:540px;display:flex;align-items:center;justify-content:center;gap:28px;background:#e6edf4;font:17px sans-serif;color:#17324d}
    figure{margin:0;text-align:center} img{display:block;background:#fff;border:9px solid #1b2733;margin-bottom:14px}
    .phone{width:236px} .phone img{width:214px;margin:0 auto 14px;border-radius:26px;border-width:8px} .kiosk img{width:520px;border-radius:10px} .desk img{width:480px;border-radius:10px}
  </style>
  <figure class="phone"><img src="${image('telefono-conferma')}" alt="">Booked on the phone</figure>
  <figure class="kiosk"><img src="${image('postazione-colloquio')}" alt="">The code typed at the kiosk</figure>
  <figure class="desk"><img src="${image('scrivania-colloquio')}" alt="">The operator answers</figure>`)
  await keep(all, 'sportello')
})
