import { expect, test, type Page } from '@playwright/test'
import { shot } from './people.ts'
import { axe, booked, kioskOf, leave, world } from './world.ts'

test.afterEach(({ browser }) => leave(browser))

/** What the mark is on now. */
const marked = (page: Page) => page.evaluate(() =>
  [...document.querySelectorAll('[data-scan]')].map((one) => one.getAttribute('aria-label') ?? (one.textContent ?? '').trim().replace(/\s+/g, ' ')))

/** Waits until the mark is on what is wanted and presses the one key there is: first for its row, then for itself. */
async function choose(page: Page, name: string, key = ' '): Promise<void> {
  for (let presses = 0; presses < 2; presses++) {
    await page.waitForFunction(([wanted, alone]) => {
      const labels = [...document.querySelectorAll('[data-scan]')].map((one) => one.getAttribute('aria-label') ?? (one.textContent ?? '').trim().replace(/\s+/g, ' '))
      return labels.includes(wanted as string) && (!alone || labels.length === 1)
    }, [name, presses === 1] as const, { timeout: 60_000, polling: 50 })
    const before = (await marked(page)).length
    await page.waitForTimeout(260) // nobody presses twice within a tremor
    await page.keyboard.press(key)
    if (before === 1) return
  }
}

test('with one key only: a code is entered and the waiting screen reached', async ({ browser }) => {
  test.setTimeout(300_000)
  const w = await world(browser)
  const { code } = await booked(browser, w)
  const page = await kioskOf(browser, w.at, w.kiosks[0]!)
  expect(await marked(page)).toEqual([])
  await page.keyboard.down(' ')
  await expect.poll(() => marked(page), { timeout: 6_000 }).not.toEqual([])
  await page.keyboard.up(' ')
  await shot(page, 'switch-1-start')
  await axe(page)
  await choose(page, 'Comandi con uno o due pulsanti')
  await shot(page, 'switch-2-panel')
  await axe(page)
  await choose(page, 'Un pulsante, veloce')
  await page.waitForTimeout(300)
  const invitation = await page.getByRole('button', { name: /Tocchi qui/ }).textContent()
  await choose(page, invitation!.trim().replace(/\s+/g, ' '))
  await expect(page).toHaveTitle(/^Qual è il codice/)
  await shot(page, 'switch-3-code')
  for (const digit of code) await choose(page, digit)
  await expect(page.locator('.slots')).toHaveAttribute('aria-label', new RegExp([...code].join(' ')))
  await choose(page, 'Continua')
  await expect(page.getByRole('main').getByText('La chiamiamo tra poco')).toBeVisible()
  await shot(page, 'switch-4-waiting')
  await choose(page, 'Termina e cancella tutto')
  await choose(page, 'Sì, termina e cancella tutto')
  await expect(page.getByRole('main').getByText('Tutto è stato cancellato')).toBeVisible()
})

test('with two keys: one moves the mark, the other chooses, and it is switched off again', async ({ browser }) => {
  const w = await world(browser)
  const page = await kioskOf(browser, w.at, w.kiosks[0]!)
  await page.getByRole('button', { name: 'Comandi con uno o due pulsanti' }).click()
  await page.getByRole('button', { name: /^Due pulsanti/ }).click()
  const first = await marked(page)
  expect(first.length).toBe(1)
  await page.keyboard.press('Enter')
  await expect(page).toHaveTitle(/^Qual è il codice/)
  expect(await marked(page)).toEqual(['1', '2', '3'])
  const press = async (key: string) => {
    await page.waitForTimeout(260)
    await page.keyboard.press(key)
  }
  await press(' ')
  expect(await marked(page)).toEqual(['4', '5', '6'])
  await press('Enter')
  await press(' ')
  expect(await marked(page)).toEqual(['5'])
  await press('Enter')
  await expect(page.locator('.slots')).toHaveAttribute('aria-label', /: 5$/)
  await page.waitForTimeout(2_000)
  expect(await marked(page)).toEqual(['1', '2', '3']) // it moves only when told
  await page.getByRole('button', { name: 'Comandi con uno o due pulsanti' }).click()
  await page.getByRole('button', { name: 'Senza pulsanti' }).click()
  expect(await marked(page)).toEqual([])
})
