// A counter of its own for each journey, made through the back office's forms: an office, a service, kiosks, operators.
// So no journey sees another's people, and each can run again on the same demo.
import { expect, type Browser, type BrowserContext, type Page } from '@playwright/test'
import AxeBuilder from '@axe-core/playwright'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import type { Demo, Entity, Staff } from '../support/demo.ts'
import { totp } from '../support/totp.ts'
import { demo, enterCode, entity, laptop, person, staff, touch, type } from './people.ts'

export interface Place { id: string; name: string }
export interface World { at: Entity; office: string; service: { slug: string; title: string }; kiosks: Place[]; operators: Staff[] }
export interface Answer { url: string; status: number; html: string }

type Values = Record<string, string | string[]>

/** Posts a form from within the page, as the browser would, and follows to the page behind it. */
export async function post(page: Page, path: string, values: Values): Promise<Answer> {
  return await page.evaluate(async ([path, values]) => {
    const body = new URLSearchParams()
    for (const [name, value] of Object.entries(values)) for (const one of [value].flat()) body.append(name, one)
    const res = await fetch(path, { method: 'POST', body })
    return { url: res.url, status: res.status, html: await res.text() }
  }, [path, values] as const)
}

/** Fills the form that holds the field in the page at the address, and sends it: what a quick citizen does. */
async function fillIn(page: Page, from: Answer | string, field: string, values: Record<string, string>): Promise<Answer> {
  return await page.evaluate(async ([from, field, values]) => {
    const res = typeof from === 'string' ? await fetch(from) : null
    const at = res ? res.url : (from as { url: string }).url
    const doc = new DOMParser().parseFromString(res ? await res.text() : (from as { html: string }).html, 'text/html')
    const form = doc.querySelector<HTMLInputElement>(field)?.form
    if (!form) throw new Error(`no form with ${field} on ${at}: ${doc.querySelector('main')?.textContent?.slice(0, 600)}`)
    const data = new URLSearchParams(new FormData(form) as unknown as Record<string, string>)
    for (const [name, value] of Object.entries(values)) data.set(name, value)
    const action = new URL(form.getAttribute('action') ?? at, at)
    const get = form.method === 'get'
    if (get) action.search = data.toString()
    const sent = await fetch(action, get ? {} : { method: 'POST', body: data })
    return { url: sent.url, status: sent.status, html: await sent.text() }
  }, [from, field, values] as const)
}

const sessions = new Map<string, BrowserContext>()

/** A page of the entity's administrator, signed in once for all journeys of this process. */
export async function office(browser: Browser, at = entity('isernia')): Promise<Page> {
  let context = sessions.get(at.key)
  if (!context) {
    const kept = `${process.env['SPORTELLO_DEMO']}.${at.key}.session`
    context = await browser.newContext({ ...laptop, ...(existsSync(kept) ? { storageState: kept } : {}) })
    sessions.set(at.key, context)
    const page = await context.newPage()
    await page.goto(`${at.url}/amministrazione`)
    if (new URL(page.url()).pathname !== '/amministrazione') await enter(page, at, staff(at, 'administrator'), '/amministrazione')
    writeFileSync(kept, JSON.stringify(await context.storageState()))
  }
  const page = context.pages()[0] ?? (await context.newPage())
  await page.goto(`${at.url}/amministrazione`)
  return page
}

/** Closes every browser that a journey opened, also when it failed; the administrator stays. */
export async function leave(browser: Browser): Promise<void> {
  const kept = [...sessions.values()]
  for (const context of browser.contexts()) if (!kept.includes(context)) await context.close()
}

/** Signs in. A code is worth one sign-in, and the next one is already good: so a second attempt has another. */
export async function enter(page: Page, at: { url: string }, who: Omit<Staff, 'role'>, back: string): Promise<void> {
  await page.goto(`${at.url}/accedi?ritorno=${encodeURIComponent(back)}`)
  for (const ahead of [0, 30_000]) {
    await page.getByLabel(/mail/i).fill(who.email)
    await page.getByLabel('Password').fill(who.password)
    await page.getByLabel(/Codice/).fill(totp(who.totp_secret, Date.now() + ahead))
    await page.getByRole('button', { name: 'Accedi' }).click()
    await page.waitForLoadState()
    if (new URL(page.url()).pathname.startsWith(back)) return
  }
  throw new Error(`${who.email} cannot sign in`)
}

/** All that is needed to answer one kind of question at a place of its own. */
export async function world(browser: Browser, wish: { kiosks?: number; operators?: number; key?: string; walkIn?: boolean; ownDevice?: boolean } = {}): Promise<World> {
  const at = entity(wish.key ?? 'isernia')
  const page = await office(browser, at)
  const n = Math.random().toString(36).slice(2, 8)
  const made = await post(page, '/amministrazione/uffici/nuovo', { name: `Ufficio prova ${n}`, description: 'Ufficio di prova', active: 'true' })
  const officeId = idOf(made, 'uffici')
  const title = `Servizio prova ${n}`
  const draft = await post(page, '/amministrazione/servizi/nuovo', {
    title, short_description: 'Una prova.', addressed_to: 'A tutti.', how_to: 'Prenoti.', needed_intro: 'Porti:', needed: 'una fototessera\nla tessera sanitaria',
    achieved: 'La prova.', times: 'Subito.', costs: 'Gratuito.', conditions: 'Nessuna.', category: 'anagrafe-e-stato-civile', topics: ['anagrafe'],
    remote_counter: 'true', walk_in: wish.walkIn ? 'true' : '', own_device: wish.ownDevice ? 'true' : '', duration_minutes: '15', responsible: officeId, offices: [officeId],
  })
  const serviceId = idOf(draft, 'servizi')
  const published = await post(page, `/amministrazione/servizi/${serviceId}/stato`, { azione: 'pubblica', version: '1' })
  const slug = /href="\/servizi\/([^"]+)"/.exec(published.html.slice(published.html.indexOf('Anteprima')))?.[1] ?? ''
  expect(slug).not.toBe('')
  const kiosks: Place[] = []
  for (let i = 0; i < (wish.kiosks ?? 1); i++) {
    const hours = Object.fromEntries([1, 2, 3, 4, 5, 6, 7].map((d) => [`hours_${d}`, '00:00-24:00']))
    const name = `Postazione ${n} ${'AB'[i]}`
    const saved = await post(page, '/amministrazione/postazioni/nuova', {
      name, place: `Sala ${n}`, address: 'Via di Prova 1, 86170 Isernia', accessible: 'true', state: 'active', services: [serviceId], ...hours,
    })
    kiosks.push({ id: idOf(saved, 'postazioni'), name })
  }
  const operators: Staff[] = []
  for (let i = 0; i < (wish.operators ?? 1); i++) {
    const email = `op${i}.${n}@ente.example`
    const card = await post(page, '/amministrazione/personale/nuovo', { email, name: `Operatore ${n} ${'AB'[i]}`, roles: ['operator'], offices: [officeId] })
    const [password, secret] = [...card.html.matchAll(/office-secret">([^<]+)</g)].map((m) => m[1]!)
    if (!password || !secret) throw new Error(`no credentials: ${card.status} ${card.html.slice(0, 2000)}`)
    operators.push({ role: 'operator', email, password, totp_secret: secret.replace(/\s/g, '') })
  }
  return { at, office: officeId, service: { slug, title }, kiosks, operators }
}

function idOf(answer: Answer, list: string): string {
  const id = new RegExp(`/amministrazione/${list}/([0-9a-f-]{36})`).exec(answer.url)?.[1]
  if (!id) throw new Error(`not made: ${answer.status} ${answer.url} ${[...answer.html.matchAll(/field-error.*?<\/p>/gs)].map((m) => m[0]).join()}`)
  return id
}

/** A booking made without looking: the first free time, or the n-th of the day so many days from now. */
export async function booked(browser: Browser, w: World, wish: { kiosk?: number; days?: number; last?: boolean; surname?: string } = {}): Promise<{ code: string; page: string; email: string }> {
  const page = await office(browser, w.at)
  const kiosk = w.kiosks[wish.kiosk ?? 0]!
  const day = wish.days ? `&giorno=${romeDay(wish.days)}` : ''
  const times = await page.evaluate(async (path) => {
    const res = await fetch(path)
    return { url: res.url, status: res.status, html: await res.text() }
  }, `/prenota/data-orario?servizio=${w.service.slug}&office-choice=${w.office}&postazione=${kiosk.id}${day}`)
  const starts = [...times.html.matchAll(/name="inizio"[^>]*value="([^"]+)"/g)].map((m) => m[1]!)
  expect(starts.length, 'free times').toBeGreaterThan(0)
  const matter = await fillIn(page, times, '#orari [name=inizio]', { inizio: (wish.last ? starts.at(-1) : starts[0])! })
  const citizen = await fillIn(page, matter, '[name=form-details]', {})
  const who = person()
  const summary = await fillIn(page, citizen, '[name=surname]', { name: who.name, surname: wish.surname ?? who.surname, email: who.email })
  const done = await post(page, `${new URL(summary.url).pathname.replace('riepilogo', 'conferma')}`, {})
  const code = /cmp-code">([\d ]+)</.exec(done.html)?.[1]?.replace(/\D/g, '') ?? ''
  expect(code, done.url).toMatch(/^\d{10}$/)
  return { code, page: done.url, email: who.email }
}

export function romeDay(ahead: number): string {
  return new Intl.DateTimeFormat('sv-SE', { timeZone: 'Europe/Rome' }).format(Date.now() + ahead * 86_400_000)
}

/** A browser that is the kiosk. */
export async function kioskOf(browser: Browser, at: Entity, kiosk: Place): Promise<Page> {
  const page = await (await browser.newContext({ ...touch, permissions: ['camera', 'microphone'] })).newPage()
  await enrol(browser, page, at, kiosk)
  return page
}

/** Makes the open page the kiosk, with a new code of the administrator. */
export async function enrol(browser: Browser, page: Page, at: Entity, kiosk: Place): Promise<void> {
  const made = await post(await office(browser, at), `/amministrazione/postazioni/${kiosk.id}/codice`, {})
  const code = /office-secret">([\d ]+)</.exec(made.html)?.[1]?.replace(/\D/g, '') ?? ''
  expect(code).toMatch(/^\d{8}$/)
  await forgetLimits()
  if (!page.url().startsWith('http')) await page.goto(demo.base_url.replace('://', '://kiosk.'))
  await type(page, code)
  await page.getByRole('button', { name: 'Attiva la postazione' }).click()
  await expect(page.getByRole('button', { name: /Tocchi qui/ })).toBeVisible()
}

/** A browser in which the operator sits at the desk. */
export async function deskOf(browser: Browser, at: Entity, who: Staff): Promise<Page> {
  const page = await (await browser.newContext({ ...laptop, permissions: ['camera', 'microphone'] })).newPage()
  await forgetLimits()
  await enter(page, at, who, '/operatore')
  await expect(page.getByText('Pronto per il prossimo')).toBeVisible()
  return page
}

/** A new kiosk and a desk in a video call. */
export async function inCall(browser: Browser, w: World): Promise<{ kiosk: Page; desk: Page; code: string }> {
  const { code } = await booked(browser, w)
  const desk = await deskOf(browser, w.at, w.operators[0]!)
  const kiosk = await kioskOf(browser, w.at, w.kiosks[0]!)
  await enterCode(kiosk, code)
  await expect(kiosk.getByRole('main').getByText('La chiamiamo tra poco')).toBeVisible()
  await expect(desk.getByText('Una persona in attesa')).toBeVisible()
  await desk.keyboard.press('n')
  await talking(kiosk, desk)
  // The server knows it too, by the next beat of both sides: from here on the talk counts as held.
  await expect(desk.getByRole('button', { name: /Metti in attesa/ })).toBeEnabled()
  return { kiosk, desk, code }
}

/** Waits until both sides see the other move. */
export async function talking(kiosk: Page, desk: Page): Promise<void> {
  for (const page of [kiosk, desk]) {
    let before = Number.POSITIVE_INFINITY
    await expect.poll(async () => {
      const now = await page.evaluate(() => {
        const video = document.querySelector<HTMLVideoElement>('.remote video')
        return video?.checkVisibility() ? video.getVideoPlaybackQuality().totalVideoFrames : -1
      })
      const moved = now > before && before >= 0
      before = now
      return moved
    }, { timeout: 40_000, intervals: [250] }).toBe(true)
  }
  await expect(kiosk.getByRole('main').getByText(/^Parla con/).first()).toBeVisible()
  await expect(desk.locator('.overlay')).toHaveCount(0)
}

/** Holds a screen to the rules of accessibility. */
export async function axe(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).analyze()
  expect.soft(violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.html.slice(0, 160)).join(' | ')}`), page.url()).toEqual([])
}

/** Nothing is wider than the screen. */
export async function narrow(page: Page): Promise<void> {
  const over = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)
  expect.soft(over, `${page.url()} is wider than the screen`).toBe(0)
}

/** The number of a process of the demo as it is now. */
export function processOf(name: string): number {
  return (JSON.parse(readFileSync(process.env['SPORTELLO_DEMO']!, 'utf8')) as Demo).processes[name]!
}

/** Kills a service of the demo and waits until the demo has started it again. */
export async function killed(name: string, signal: NodeJS.Signals): Promise<void> {
  const before = processOf(name)
  process.kill(before, signal)
  await expect.poll(() => processOf(name), { timeout: 30_000 }).not.toBe(before)
}

/** Kills a service again and again until somebody was told: the demo starts it so fast that else nobody might notice. */
export async function downUntil(name: string, told: Promise<unknown>): Promise<void> {
  let enough = false
  void told.catch(() => undefined).finally(() => { enough = true })
  while (!enough) await killed(name, 'SIGKILL')
  await told
}

/** Empties Redis, and with it the limits of tries, which hold all these browsers on one address for one person. */
export async function forgetLimits(): Promise<void> {
  const port = Number(/:(\d+)/.exec(readFileSync(`/proc/${processOf('redis')}/cmdline`, 'utf8'))?.[1])
  await new Promise<void>((done, failed) => {
    const line = connect(port, '127.0.0.1', () => line.write('FLUSHALL\r\n'))
    line.once('data', () => { line.end(); done() }).once('error', failed)
  })
}
