import { expect, test, type Page } from '@playwright/test'
import { enterCode, type } from './people.ts'
import { axe, booked, enrol, kioskOf, leave, office, post, world } from './world.ts'

test.afterEach(({ browser }) => leave(browser))

const begin = (page: Page) => page.getByRole('button', { name: /Tocchi qui/ })

/** What the screen says is wrong; the announcer for screen readers says it a second time. */
const said = (page: Page) => page.locator('main [role=alert]')

/** Everything the page could still know. */
const memory = (page: Page) => page.evaluate(() =>
  [document.documentElement.outerHTML, JSON.stringify(localStorage), JSON.stringify(sessionStorage), document.cookie, location.href,
    [...document.querySelectorAll('input,textarea')].map((i) => (i as HTMLInputElement).value).join()].join('\n'))

test('every refusal of a code says why and shows a way on', async ({ browser }) => {
  const w = await world(browser, { kiosks: 2 })
  const here = await booked(browser, w)
  const there = await booked(browser, w, { kiosk: 1 })
  const tomorrow = await booked(browser, w, { days: 1 })
  const page = await kioskOf(browser, w.at, w.kiosks[0]!)
  await axe(page)

  await enterCode(page, '0000000001')
  await expect(said(page)).toContainText('Non troviamo questo codice')
  await axe(page)
  await page.getByRole('button', { name: 'Mi serve aiuto' }).click()
  await expect(page.getByText('0865 4491')).toBeVisible()
  await axe(page)
  await page.getByRole('button', { name: /codice/i }).first().click()
  await axe(page)

  await type(page, there.code)
  await page.getByRole('button', { name: 'Continua' }).click()
  await expect(said(page)).toContainText(`è in un altro luogo: ${w.kiosks[1]!.name}, Via di Prova 1`)
  await axe(page)
  await page.getByRole('button', { name: 'Va bene, vado nell’altra sede' }).click()

  await enterCode(page, tomorrow.code)
  await expect(said(page)).toContainText('Il Suo appuntamento non è oggi')
  await expect(page.getByText(/isernia.localhost.*prenota/)).toBeVisible()
  await axe(page)
  await page.getByRole('button', { name: 'Ho finito' }).click()
  await expect(begin(page)).toBeVisible()

  await enterCode(page, here.code)
  await expect(page.getByRole('main').getByText('La chiamiamo tra poco')).toBeVisible()
  await axe(page)
  await page.getByRole('button', { name: 'Leggo l’informativa' }).click()
  await axe(page)
  await page.getByRole('button', { name: 'Ho letto' }).click()
  await page.getByRole('button', { name: 'Termina e cancella tutto' }).click()
  await axe(page)
  await page.getByRole('button', { name: 'Sì, termina e cancella tutto' }).click()
  await expect(page.getByRole('main').getByText('Tutto è stato cancellato')).toBeVisible()
  await axe(page)
  await page.getByRole('button', { name: 'Torna all’inizio' }).click()
})

test('a code that comes too early tells from when it works', async ({ browser }) => {
  const w = await world(browser, { key: 'caltanissetta' })
  const late = await booked(browser, w, { last: true })
  const page = await kioskOf(browser, w.at, w.kiosks[0]!)
  await enterCode(page, late.code)
  await expect(said(page)).toContainText(/È arrivato in anticipo: il Suo appuntamento è alle .*Può entrare dalle/)
  await page.getByRole('button', { name: 'Va bene, torno più tardi' }).click()
  await expect(begin(page)).toBeVisible()
})

test('after five wrong codes the kiosk waits, and the office can open it again', async ({ browser }) => {
  const w = await world(browser)
  const mine = await booked(browser, w)
  const page = await kioskOf(browser, w.at, w.kiosks[0]!)
  await begin(page).click()
  for (let n = 1; n <= 5; n++) {
    await type(page, `000000010${n}`)
    await page.getByRole('button', { name: 'Continua' }).click()
    await expect(said(page)).toContainText('Non troviamo questo codice')
    await page.getByRole('button', { name: /Riprov|un altro codice|di nuovo/i }).first().click()
  }
  await type(page, mine.code)
  await page.getByRole('button', { name: 'Continua' }).click()
  await expect(said(page)).toContainText(/Troppi codici sbagliati. Attenda \d+ minuti/)
  await axe(page)
  await post(await office(browser, w.at), `/amministrazione/postazioni/${w.kiosks[0]!.id}/sblocca`, {})
  await page.getByRole('button', { name: 'Termina e cancella tutto' }).click()
  await enterCode(page, mine.code)
  await expect(page.getByRole('main').getByText('La chiamiamo tra poco')).toBeVisible()
})

test('who leaves while waiting leaves nothing behind, and may come back', async ({ browser }) => {
  const w = await world(browser)
  const mine = await booked(browser, w, { surname: 'Canarino' })
  const page = await kioskOf(browser, w.at, w.kiosks[0]!)
  await enterCode(page, mine.code)
  await expect(page.getByRole('main').getByText('La chiamiamo tra poco')).toBeVisible()
  await page.reload()
  await expect(page.getByRole('main').getByText('La chiamiamo tra poco')).toBeVisible()
  await page.getByRole('button', { name: 'Termina e cancella tutto' }).click()
  await page.getByRole('button', { name: 'No, resto qui' }).click()
  await page.getByRole('button', { name: 'Termina e cancella tutto' }).click()
  await page.getByRole('button', { name: 'Sì, termina e cancella tutto' }).click()
  await expect(page.getByRole('main').getByText('Tutto è stato cancellato')).toBeVisible()
  const rest = await memory(page)
  for (const trace of [mine.code, 'Canarino', w.service.title]) expect(rest).not.toContain(trace)
  await page.getByRole('button', { name: 'Torna all’inizio' }).click()
  await expect(begin(page)).toBeVisible()
  await enterCode(page, mine.code)
  // Nobody had called yet: who went away by mistake sits down again.
  await expect(page.getByRole('main').getByText('La chiamiamo tra poco')).toBeVisible()
})

test('digits left by somebody who went away are wiped, after a question', async ({ browser }) => {
  const w = await world(browser)
  const page = await kioskOf(browser, w.at, w.kiosks[0]!)
  await page.clock.install()
  await page.reload()
  await begin(page).click()
  await type(page, '4827')
  await page.clock.fastForward(46_000)
  await expect(page.getByRole('dialog').getByText('È ancora qui?')).toBeVisible()
  await axe(page)
  await page.getByRole('button', { name: 'Sì, sono qui' }).click()
  await expect(page.locator('.slots')).toHaveAttribute('aria-label', /4.*8.*2.*7/)
  await page.clock.fastForward(46_000)
  await expect(page.getByRole('dialog').getByText('È ancora qui?')).toBeVisible()
  await page.clock.fastForward(16_000)
  await expect(begin(page)).toBeVisible()
  await begin(page).click()
  await expect(page.locator('.slots')).not.toHaveAttribute('aria-label', /4.*8.*2.*7/)
})

test('without a network the digits stay, and the screen comes back by itself', async ({ browser }) => {
  const w = await world(browser)
  const mine = await booked(browser, w)
  const page = await kioskOf(browser, w.at, w.kiosks[0]!)
  await begin(page).click()
  await type(page, mine.code)
  await page.context().setOffline(true)
  await page.getByRole('button', { name: 'Continua' }).click()
  await expect(page.getByRole('main').getByText('Il collegamento è caduto')).toBeVisible()
  await axe(page)
  await page.context().setOffline(false)
  await expect(page.getByRole('main').getByText('La chiamiamo tra poco')).toBeVisible({ timeout: 20_000 })
})

test('a revoked kiosk asks for its activation, and can be activated again', async ({ browser }) => {
  const w = await world(browser)
  const page = await kioskOf(browser, w.at, w.kiosks[0]!)
  await post(await office(browser, w.at), `/amministrazione/postazioni/${w.kiosks[0]!.id}/revoca`, {})
  await expect(page.getByRole('button', { name: 'Attiva la postazione' })).toBeVisible({ timeout: 25_000 })
  await axe(page)
  await type(page, '00000000')
  await page.getByRole('button', { name: 'Attiva la postazione' }).click()
  await expect(said(page)).toContainText('codice di attivazione')
  await axe(page)
  await enrol(browser, page, w.at, w.kiosks[0]!)
})
