// After the encounter: the citizen is asked how it went and answers once; the office reads sums.
import { expect, test } from '@playwright/test'
import { enterCode, mails, phone, shot } from './people.ts'
import { axe, booked, deskOf, kioskOf, leave, narrow, office, talking, world } from './world.ts'

test.afterEach(({ browser }) => leave(browser))

test('who talked to the office is asked by mail, answers once without JavaScript, and the office sees no name', async ({ browser }) => {
  const w = await world(browser)
  const { code, email } = await booked(browser, w)
  const desk = await deskOf(browser, w.at, w.operators[0]!)
  const kiosk = await kioskOf(browser, w.at, w.kiosks[0]!)
  await enterCode(kiosk, code)
  await expect(desk.getByText('Una persona in attesa')).toBeVisible()
  await desk.keyboard.press('n')
  await talking(kiosk, desk)
  await expect(desk.getByRole('button', { name: /Metti in attesa/ })).toBeEnabled()
  await desk.getByRole('radio', { name: 'Risolto', exact: true }).check()
  await desk.getByRole('button', { name: 'Concludi il colloquio' }).click()
  await expect(desk.getByText('Colloquio concluso')).toBeVisible()

  const asked = async () => (await mails(email)).find((m) => m.subject.startsWith('Com\'è andata?'))
  await expect.poll(asked, { timeout: 30_000 }).toBeTruthy()
  const link = /https?:\/\/\S+\/valutazione/.exec((await asked())!.text)![0]
  const page = await (await browser.newContext({ ...phone, javaScriptEnabled: false })).newPage()
  await page.goto(link)
  await page.getByRole('button', { name: 'Invia la valutazione' }).click()
  await expect(page.getByRole('alert').or(page.locator('.cmp-error-summary')).first()).toContainText(/obbligatori|Scelga/)
  await page.getByRole('radio', { name: /^5 stelle/ }).check({ force: true })
  await page.getByRole('radio', { name: 'La risposta ricevuta' }).check({ force: true })
  await shot(page, 'rating')
  await page.getByRole('button', { name: 'Invia la valutazione' }).click()
  await expect(page.getByText('Grazie: la Sua valutazione')).toBeVisible()
  await page.reload()
  await expect(page.getByRole('button', { name: 'Invia la valutazione' })).toHaveCount(0)
  const seen = await (await browser.newContext(phone)).newPage()
  await seen.goto(link)
  await axe(seen)
  await narrow(seen)

  const admin = await office(browser, w.at)
  await admin.goto(`${w.at.url}/amministrazione/statistiche`)
  const chart = admin.getByRole('table', { name: 'Che cosa dicono i cittadini' })
  await expect(chart.getByRole('row', { name: new RegExp(`${w.service.title}.*meno di 5`) })).toBeVisible()
})
