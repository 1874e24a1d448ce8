import { expect, test } from '@playwright/test'
import { enterCode, mails, shot } from './people.ts'
import { axe, booked, deskOf, kioskOf, leave, world } from './world.ts'

test.afterEach(({ browser }) => leave(browser))

// Who sits down and finds that the photograph stayed at home says so, or comes another time.
test('a citizen says what is missing, then moves the appointment at the kiosk', async ({ browser }) => {
  const w = await world(browser)
  const { code, email } = await booked(browser, w)
  const desk = await deskOf(browser, w.at, w.operators[0]!)
  const kiosk = await kioskOf(browser, w.at, w.kiosks[0]!)
  await enterCode(kiosk, code)
  await kiosk.getByRole('button', { name: 'Mi manca qualcosa' }).click()
  await kiosk.getByRole('button', { name: /una fototessera/ }).click()
  await axe(kiosk)
  await shot(kiosk, 'lack-1-cosa-serve')
  await kiosk.getByRole('button', { name: 'Aspetto lo stesso' }).click()
  await expect(kiosk.getByText('una fototessera (Le manca)')).toBeVisible()
  await shot(kiosk, 'lack-2-attesa')

  await kiosk.getByRole('button', { name: 'Mi manca qualcosa' }).click()
  await kiosk.getByRole('button', { name: 'Vengo un’altra volta' }).click()
  const times = kiosk.locator('.lack-items button')
  await expect(times.first()).toBeVisible()
  await axe(kiosk)
  await shot(kiosk, 'lack-3-orari')
  await times.first().click()
  await axe(kiosk)
  await kiosk.getByRole('button', { name: 'Sì, sposta' }).click()
  await expect(kiosk.getByRole('heading', { name: 'Appuntamento spostato' })).toBeVisible()
  await axe(kiosk)
  await shot(kiosk, 'lack-4-spostato')
  await expect(desk.getByText('Una persona in attesa')).toHaveCount(0)
  await expect.poll(async () => (await mails(email))[0]?.subject, { timeout: 20_000 }).toMatch(/spostato/)

  // The same code opens, and the appointment can be cancelled too.
  await kiosk.getByRole('button', { name: 'Torna all’inizio' }).click()
  await enterCode(kiosk, code)
  await kiosk.getByRole('button', { name: 'Mi manca qualcosa' }).click()
  await kiosk.getByRole('button', { name: 'Annullo' }).click()
  await kiosk.getByRole('button', { name: 'Sì, annulla' }).click()
  await expect(kiosk.getByRole('heading', { name: 'Appuntamento annullato' })).toBeVisible()
  await expect.poll(async () => (await mails(email))[0]?.subject, { timeout: 20_000 }).toMatch(/annullato/)
  await kiosk.getByRole('button', { name: 'Torna all’inizio' }).click()
  await enterCode(kiosk, code)
  await expect(kiosk.getByRole('alert').first()).toBeVisible()
})
