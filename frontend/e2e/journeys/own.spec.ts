import { expect, test } from '@playwright/test'
import { enterCode, phone, shot } from './people.ts'
import { axe, booked, deskOf, kioskOf, leave, narrow, talking, world } from './world.ts'

test.afterEach(({ browser }) => leave(browser))

// Who has booked may stay at home: the same appointment, from one's own telephone.
test('a citizen tries their telephone, joins from home and talks', async ({ browser }) => {
  const w = await world(browser, { ownDevice: true })
  const { code, page: personal } = await booked(browser, w)
  const desk = await deskOf(browser, w.at, w.operators[0]!)
  const citizen = await (await browser.newContext({ ...phone, permissions: ['camera', 'microphone'] })).newPage()

  await citizen.goto(`${w.at.url}/collegamento`)
  await expect(citizen.getByRole('heading', { name: 'Manca il collegamento dell’appuntamento' })).toBeVisible()
  await axe(citizen)

  await citizen.goto(personal)
  await shot(citizen, 'own-1-appuntamento')
  await citizen.getByRole('button', { name: 'Collegati da qui' }).click()
  await expect(citizen.getByRole('heading', { name: /^Prova telecamera/ })).toBeVisible()
  await expect.poll(() => citizen.evaluate(() => document.querySelector('meter')?.value ?? 0), { timeout: 20_000 }).toBeGreaterThan(0)
  await axe(citizen)
  await narrow(citizen)
  await shot(citizen, 'own-2-prova')
  await citizen.getByRole('button', { name: 'Mi collego' }).click()
  await expect(citizen.getByRole('heading', { name: 'La chiamiamo tra poco' })).toBeVisible()
  await narrow(citizen)
  await axe(citizen)
  await shot(citizen, 'own-3-attesa')

  await expect(desk.getByText('Una persona in attesa')).toBeVisible()
  await expect(desk.getByText('Da casa, con il proprio dispositivo').first()).toBeVisible()
  await desk.keyboard.press('n')
  await talking(citizen, desk)
  await narrow(citizen)
  await axe(citizen)
  await shot(citizen, 'own-4-colloquio')

  // A paper is captured and signed on the telephone too.
  await citizen.getByRole('button', { name: 'Mostra un documento' }).click()
  await narrow(citizen)
  await citizen.getByRole('button', { name: 'Fotografa la pagina' }).click()
  await expect(citizen.getByRole('button', { name: 'Ho finito' })).toBeEnabled()
  await narrow(citizen)
  await axe(citizen)
  await shot(citizen, 'own-paper')
  await citizen.getByRole('button', { name: 'Ho finito' }).click()
  await expect(desk.getByText('dalla postazione').first()).toBeVisible()
  await talking(citizen, desk)
  await desk.keyboard.press('f')
  await desk.getByLabel('Che cosa si firma').selectOption({ index: 1 })
  await desk.getByRole('button', { name: 'Chiedi la firma' }).click()
  await citizen.getByRole('button', { name: 'Vai alla firma' }).click()
  await narrow(citizen)
  await axe(citizen)
  await shot(citizen, 'own-sign')
  await citizen.getByRole('button', { name: 'Non firmo' }).click()
  await talking(citizen, desk)

  await citizen.reload() // a telephone that looked at something else comes back
  await talking(citizen, desk)

  // The code is used: the kiosk says so instead of opening it.
  const kiosk = await kioskOf(browser, w.at, w.kiosks[0]!)
  await enterCode(kiosk, code)
  await expect(kiosk.getByRole('alert').getByText(/già/)).toBeVisible()

  await citizen.getByRole('button', { name: 'Termina e cancella tutto' }).click()
  await citizen.getByRole('button', { name: 'Sì, termina e cancella tutto' }).click()
  await expect(citizen.getByText('Può chiudere questa pagina.')).toBeVisible()
  await shot(citizen, 'own-5-fine')
})
