import { expect, test } from '@playwright/test'
import { phone, shot } from './people.ts'
import { axe, deskOf, inCall, leave, office, talking, world } from './world.ts'

test.afterEach(({ browser }) => leave(browser))

test('an operator has a break: the queue waits for others, and comes back', async ({ browser }) => {
  const w = await world(browser)
  const desk = await deskOf(browser, w.at, w.operators[0]!)
  await desk.keyboard.press('b')
  await expect(desk.getByText(/^In pausa dalle/)).toBeVisible()
  await axe(desk)
  await shot(desk, 'desk-pausa')
  const admin = await office(browser, w.at)
  await admin.goto(`${w.at.url}/operatore/sala`)
  const mine = admin.locator('.wall-offices li', { hasText: w.service.title.replace('Servizio', 'Ufficio') })
  await expect(mine.locator('dt:text("In pausa") + dd')).toHaveText('1')
  await desk.getByRole('button', { name: 'Torno' }).first().click()
  await expect(desk.getByText('Pronto per il prossimo')).toBeVisible()
})

test('an operator practises alone: both sides, and nothing of it counts', async ({ browser }) => {
  const w = await world(browser)
  const desk = await deskOf(browser, w.at, w.operators[0]!)
  const opened = desk.context().waitForEvent('page')
  await desk.getByRole('button', { name: 'Prova' }).click()
  const citizen = await opened
  await expect(citizen.getByRole('heading', { name: 'La chiamiamo tra poco' })).toBeVisible()
  await expect(desk.getByText('Persona di prova')).toBeVisible()
  await desk.bringToFront()
  await desk.keyboard.press('n')
  await talking(citizen, desk)
  await expect(desk.getByText('Prova: non c’è nessun cittadino')).toBeVisible()
  await axe(desk)
  await shot(desk, 'desk-prova')
  const end = desk.getByRole('radio', { name: /Risolto/ })
  await end.check({ force: true })
  await desk.getByRole('button', { name: /Concludi/ }).click()
  await expect(desk.getByText(/Colloquio concluso/)).toBeVisible()
  const admin = await office(browser, w.at)
  await admin.goto(`${w.at.url}/operatore/colloqui`)
  await expect(admin.getByText('Persona di prova')).toHaveCount(0)
})

test('an operator calls help: who keeps the kiosk reads it at once', async ({ browser }) => {
  const w = await world(browser)
  const admin = await office(browser, w.at)
  await admin.goto(`${w.at.url}/amministrazione/postazioni/${w.kiosks[0]!.id}/presidio`)
  const link = (await admin.locator('.helper-link').textContent())!
  const { desk } = await inCall(browser, w)
  await desk.keyboard.press('o')
  await axe(desk)
  await desk.getByRole('button', { name: 'Sì, chiama aiuto' }).click()
  await expect(desk.getByText('Se serve, chiami il 112.')).toBeVisible()
  await expect(desk.getByText(/Via di Prova 1/)).toBeVisible()
  await shot(desk, 'desk-emergenza')
  const keeper = await (await browser.newContext(phone)).newPage()
  await keeper.goto(link)
  await expect(keeper.getByRole('alert')).toContainText('Emergenza alla postazione')
  await axe(keeper)
  await shot(keeper, 'presidio-emergenza')
  await keeper.getByRole('button', { name: 'Sono qui, ci penso io' }).click()
  await expect(keeper.getByText('Emergenza alla postazione')).toHaveCount(0)
})
