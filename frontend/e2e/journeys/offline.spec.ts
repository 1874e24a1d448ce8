import { expect, test, type Page } from '@playwright/test'
import { shot, type } from './people.ts'
import { axe, booked, kioskOf, leave, world } from './world.ts'

test.afterEach(({ browser }) => leave(browser))

const down = (page: Page) => page.getByRole('main').getByText('Il collegamento è caduto')

test('a reload without a network shows the kiosk, keeps the digits, and comes back by itself', async ({ browser }) => {
  const w = await world(browser)
  const mine = await booked(browser, w)
  const page = await kioskOf(browser, w.at, w.kiosks[0]!)
  await page.evaluate(() => navigator.serviceWorker.ready)
  await page.getByRole('button', { name: /Tocchi qui/ }).click()
  await type(page, mine.code.slice(0, 6))
  await page.context().setOffline(true)
  await page.reload()
  await expect(down(page)).toBeVisible()
  await expect(page.getByText('Le cifre che ha digitato sono al sicuro')).toBeVisible()
  await axe(page)
  await shot(page, 'offline-reload')
  await page.reload()
  await expect(down(page)).toBeVisible()
  await page.context().setOffline(false)
  await expect(page.locator('.slots')).toHaveAttribute('aria-label', new RegExp(`${[...mine.code.slice(0, 6)].join(' ')}$`), { timeout: 20_000 })
  await type(page, mine.code.slice(6))
  await page.getByRole('button', { name: 'Continua' }).click()
  await expect(page.getByRole('main').getByText('La chiamiamo tra poco')).toBeVisible()

  // A browser that is started again without a network, and what the machine keeps: the page, and nothing else.
  await page.context().setOffline(true)
  const again = await page.context().newPage()
  await page.close()
  await again.goto(new URL('/', w.at.url.replace(/\/\/[^.]+/, '//kiosk')).href)
  await expect(down(again)).toBeVisible()
  const keeps = await again.evaluate(async () => {
    const kept: string[] = []
    for (const name of await caches.keys()) kept.push(...(await (await caches.open(name)).keys()).map((r) => new URL(r.url).pathname))
    return { kept, session: Object.keys(sessionStorage), local: Object.keys(localStorage) }
  })
  expect(keeps.kept.length).toBeGreaterThan(3)
  expect(keeps.kept.filter((path) => path !== '/' && !path.startsWith('/assets/'))).toEqual([])
  expect([...keeps.session, ...keeps.local].filter((key) => !key.startsWith('loglevel:'))).toEqual([])
  await again.context().setOffline(false)
  await expect(again.getByRole('main').getByText('La chiamiamo tra poco')).toBeVisible({ timeout: 20_000 })
})
