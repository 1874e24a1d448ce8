// The kiosk's policy holds the real browser on one page, and without it the same browser goes everywhere.
import { expect, test, type BrowserContext } from '@playwright/test'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { locked } from '../support/locked.ts'
import { kioskURL, demo } from './people.ts'

let elsewhere: Server
let away = ''

test.beforeAll(async () => {
  elsewhere = createServer((_, res) => {
    res.setHeader('Content-Type', 'text/html')
    res.end('<h1>Altrove</h1>')
  })
  await new Promise<void>((ready) => elsewhere.listen(0, '127.0.0.1', ready))
  away = `http://127.0.0.1:${(elsewhere.address() as AddressInfo).port}/`
})
test.afterAll(() => elsewhere.close())

/** Where a person might try to go. */
const ways = (): string[] => [away, demo.entities[0]!.url, 'file:///etc/hostname', 'view-source:' + kioskURL, 'chrome://version/', 'data:text/html,<h1>x</h1>']

/** Whether the browser ends up at the address with something of it on the page. */
async function reaches(context: BrowserContext, address: string): Promise<boolean> {
  const page = await context.newPage()
  try {
    await page.goto(address, { timeout: 15_000 })
    await page.waitForTimeout(500) // the browser's own pages are left again, not refused
    return !page.url().startsWith('chrome-error://') && !/ERR_BLOCKED_BY_ADMINISTRATOR/.test((await page.locator('body').textContent()) ?? '')
  } catch {
    return false
  } finally {
    await page.close()
  }
}

test('nothing but the kiosk opens, and without the policy everything does', async () => {
  const free = await locked(null)
  for (const way of ways()) expect(await reaches(free, way), `without the policy: ${way}`).toBe(true)
  await free.close()

  const kiosk = await locked(kioskURL)
  expect(await reaches(kiosk, kioskURL)).toBe(true)
  for (const way of ways()) expect(await reaches(kiosk, way), `with the policy: ${way}`).toBe(false)
  await kiosk.close()
})

test('from the page itself: no window and no link out, but camera and microphone', async () => {
  const context = await locked(kioskURL)
  const page = await context.newPage()
  await page.goto(kioskURL)
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible()
  const opened = context.waitForEvent('page', { timeout: 5_000 }).catch(() => null)
  await page.evaluate((to) => { window.open(to) }, away)
  const popup = await opened
  await popup?.waitForTimeout(1_000)
  expect(await popup?.locator('body').textContent()).not.toContain('Altrove')
  await popup?.close()

  await page.evaluate((to) => { location.href = to }, away).catch(() => undefined)
  await page.waitForTimeout(1_000)
  expect(page.url()).not.toBe(away)
  expect(await page.locator('body').textContent()).not.toContain('Altrove')

  await page.goto(kioskURL)
  const tracks = await page.evaluate(async () => {
    const media = await navigator.mediaDevices.getUserMedia({ audio: true, video: true })
    return media.getTracks().map((track) => track.kind).sort()
  })
  expect(tracks).toEqual(['audio', 'video'])
  const refused = await page.evaluate(() => navigator.mediaDevices.getDisplayMedia().then(() => 'shared', (e: Error) => e.name))
  expect(refused).not.toBe('shared')
  await context.close()
})

test('under the whole policy nobody gets hold of the browser from outside, this test neither', async () => {
  await expect(locked(kioskURL, true)).rejects.toThrow(/Timeout/)
})
