// What people do on the screens, in one place: the journeys tell stories with it.
import { expect, type Browser, type BrowserContext, type Locator, type Page } from '@playwright/test'
import { readFileSync } from 'node:fs'
import type { Demo, Entity, Staff } from '../support/demo.ts'
import { totp } from '../support/totp.ts'

export const demo: Demo = JSON.parse(readFileSync(process.env['SPORTELLO_DEMO']!, 'utf8')) as Demo

export function entity(key: string): Entity {
  return demo.entities.find((e) => e.key === key)!
}

/** Takes a picture where SHOTS names a folder: the guides' pictures and a look at each step. */
export async function shot(page: Page, name: string): Promise<void> {
  const folder = process.env['SHOTS']
  if (!folder) return
  for (let left = 3; ; left--) {
    try {
      await page.screenshot({ path: `${folder}/${name}.png`, animations: 'disabled' })
      return
    } catch (e) {
      if (left === 0) throw e // headless Chromium sometimes has no frame to give while video plays
    }
  }
}

export const phone = { viewport: { width: 360, height: 740 } }
export const laptop = { viewport: { width: 1366, height: 768 } }
export const touch = { viewport: { width: 1920, height: 1080 } }

/** A person without a name in common with anyone else's, so that mails can be told apart. */
export function person(): { name: string; surname: string; email: string } {
  const n = Math.random().toString(36).slice(2, 8)
  return { name: 'Nonna', surname: 'Prova', email: `nonna.${n}@example.org` }
}

/** Books the service at the kiosk whose name contains place; gives the ten digits and the personal page's address. */
export async function book(page: Page, at: Entity, service: string, place: string, who = person()): Promise<{ code: string; page: string; email: string }> {
  await page.goto(`${at.url}/servizi/${service}`)
  await shot(page, 'phone-1-servizio')
  await page.locator('[data-element="service-booking-access"]').first().click()
  await shot(page, 'phone-2-luogo')
  await page.getByRole('radio', { name: new RegExp(place) }).check({ force: true })
  await page.getByRole('button', { name: /Avanti|Continua/ }).click()
  await shot(page, 'phone-3-orario')
  await page.getByRole('radio').first().check({ force: true })
  await page.getByRole('button', { name: /Avanti|Continua/ }).click()
  await shot(page, 'phone-4-dettagli')
  await page.getByRole('button', { name: /Avanti|Continua/ }).click()
  await page.getByLabel(/^Nome/).fill(who.name)
  await page.getByLabel(/^Cognome/).fill(who.surname)
  await page.getByLabel(/mail/i).first().fill(who.email)
  await shot(page, 'phone-5-richiedente')
  await page.getByRole('button', { name: /Avanti|Continua/ }).click()
  await shot(page, 'phone-6-riepilogo')
  await page.getByRole('button', { name: 'Conferma' }).click()
  await expect(page.getByRole('heading', { level: 1 })).toContainText(/confermato/i)
  await shot(page, 'phone-7-confermato')
  const code = ((await page.locator('.cmp-code').first().textContent()) ?? '').replace(/\D/g, '')
  expect(code).toMatch(/^\d{10}$/)
  return { code, page: page.url(), email: who.email }
}

/** Signs a member of staff in on the entity's host. */
export async function signIn(page: Page, at: { url: string }, who: Omit<Staff, 'role'>, back = '/operatore'): Promise<void> {
  await page.goto(`${at.url}/accedi?ritorno=${encodeURIComponent(back)}`)
  await page.getByLabel(/mail/i).fill(who.email)
  await page.getByLabel('Password').fill(who.password)
  await page.getByLabel(/Codice/).fill(totp(who.totp_secret))
  await page.getByRole('button', { name: 'Accedi' }).click()
  await page.waitForURL((url) => url.pathname.startsWith(back))
}

export function staff(at: Entity, role: string, n = 0): Staff {
  return at.staff.filter((s) => s.role === role)[n]!
}

export const kioskURL = demo.base_url.replace('://', '://kiosk.')

/** Opens a kiosk's screen in a browser of its own and enrols it with a code. */
export async function openKiosk(browser: Browser, enrolment: string): Promise<{ context: BrowserContext; page: Page }> {
  const context = await browser.newContext({ ...touch, permissions: ['camera', 'microphone'] })
  const page = await context.newPage()
  await page.goto(kioskURL)
  await type(page, enrolment)
  await page.getByRole('button', { name: 'Attiva la postazione' }).click()
  await expect(page.getByRole('button', { name: /Tocchi qui/ })).toBeVisible()
  return { context, page }
}

/** Types digits on the kiosk's keypad. */
export async function type(page: Page, digits: string): Promise<void> {
  for (const d of digits) await page.getByRole('button', { name: d, exact: true }).click()
}

/** Messages sent to an address, newest first. */
export async function mails(to: string): Promise<{ subject: string; text: string; html: string; attachments: { name: string }[] }[]> {
  const res = await fetch(`${demo.mailbox_url}/api/messages?to=${encodeURIComponent(to)}`)
  return (await res.json()) as { subject: string; text: string; html: string; attachments: { name: string }[] }[]
}

/** From the kiosk's first screen: begins, types the code and goes on. */
export async function enterCode(page: Page, code: string): Promise<void> {
  await page.getByRole('button', { name: /Tocchi qui/ }).click()
  await type(page, code)
  await page.getByRole('button', { name: 'Continua' }).click()
}

/** Waits until the first large video on the page shows new frames. */
export async function seesFrames(page: Page, label: string): Promise<void> {
  const video = page.getByLabel(label).locator('video').first()
  await expect(video).toBeVisible()
  const frames = () => video.evaluate((v) => (v as HTMLVideoElement).getVideoPlaybackQuality().totalVideoFrames)
  await expect.poll(frames, { timeout: 20_000 }).toBeGreaterThan(0)
  const before = await frames()
  await expect.poll(frames, { timeout: 20_000 }).toBeGreaterThan(before)
}

/** Opens the desk of a member of staff in a browser of its own. */
export async function openDesk(browser: Browser, at: Entity, who: Staff): Promise<Page> {
  const context = await browser.newContext({ ...laptop, permissions: ['camera', 'microphone'] })
  const page = await context.newPage()
  await signIn(page, at, who)
  await expect(page.getByText('Pronto per il prossimo')).toBeVisible()
  return page
}

/** A code of any kiosk of the entity, made by its administrator: enrolment codes of the demo work once. */
export async function enrolmentCode(browser: Browser, at: Entity, kiosk: { id: string }): Promise<string> {
  const context = await browser.newContext(laptop)
  const page = await context.newPage()
  await signIn(page, at, staff(at, 'administrator'), '/amministrazione')
  await page.goto(`${at.url}/amministrazione/postazioni/${kiosk.id}`)
  await page.getByRole('button', { name: /codice di attivazione/i }).click()
  const code = ((await page.locator('.office-secret').first().textContent()) ?? '').replace(/\D/g, '')
  expect(code).toMatch(/^\d{8}$/)
  await context.close()
  return code
}

/** Ticks a box as somebody at a keyboard does; Bootstrap Italia draws the box beside the input. */
export async function tick(box: Locator): Promise<void> {
  await box.focus()
  if (!(await box.isChecked())) await box.press(' ')
  await expect(box).toBeChecked()
}
