import { expect, test } from '@playwright/test'
import { book, enrolmentCode, enterCode, entity, mails, openDesk, openKiosk, phone, seesFrames, shot, staff } from './people.ts'
import { leave } from './world.ts'

test.afterEach(({ browser }) => leave(browser))

// The main job: a booking on the phone, the code at the kiosk, the operator's face on its screen.
test('from a booking on the phone to a face on the screen of the kiosk', async ({ browser }, { retry }) => {
  const isernia = entity('isernia')
  const lazzaro = isernia.kiosks.find((k) => k.name.includes('San Lazzaro'))!
  const citizen = await browser.newContext({ ...phone, javaScriptEnabled: false })
  const booked = await book(await citizen.newPage(), isernia, 'certificati-anagrafici', 'San Lazzaro')

  await expect.poll(async () => (await mails(booked.email)).length, { timeout: 20_000 }).toBe(1)
  const mail = (await mails(booked.email))[0]!
  expect(mail.text.replace(/\D/g, '')).toContain(booked.code)
  expect(mail.attachments.map((a) => a.name).join()).toMatch(/\.ics/)

  const desk = await openDesk(browser, isernia, staff(isernia, 'operator'))
  await shot(desk, 'desk-1-pronto')
  const { page: kiosk } = await openKiosk(browser, retry === 0 ? lazzaro.enrolment_code : await enrolmentCode(browser, isernia, lazzaro))
  await shot(kiosk, 'kiosk-1-inizio')
  await enterCode(kiosk, booked.code)
  await expect(kiosk.getByRole('heading', { name: 'La chiamiamo tra poco' })).toBeVisible()
  await shot(kiosk, 'kiosk-3-attesa')

  await expect(desk.getByText('Una persona in attesa')).toBeVisible()
  await shot(desk, 'desk-2-in-attesa')
  await desk.keyboard.press('n')
  await seesFrames(kiosk, 'Video dell’operatore')
  await seesFrames(desk, 'Video della persona')
  await shot(kiosk, 'kiosk-4-colloquio')
  await shot(desk, 'desk-3-colloquio')

  await desk.getByLabel('Scriva alla persona').fill('Buongiorno, mi mostri il documento')
  await desk.getByRole('button', { name: 'Invia', exact: true }).click()
  await expect(kiosk.getByText('Buongiorno, mi mostri il documento').first()).toBeVisible()

  await kiosk.getByRole('button', { name: 'Mostra un documento' }).click()
  await shot(kiosk, 'kiosk-5-documento')
  await kiosk.getByRole('button', { name: 'Fotografa la pagina' }).click()
  await kiosk.getByRole('button', { name: 'Ho finito' }).click()
  await expect(desk.getByText('dalla postazione').first()).toBeVisible()
  await shot(desk, 'desk-4-documento')

  await desk.getByLabel('Risolto', { exact: true }).check({ force: true })
  await desk.getByLabel('Appunti').fill('Certificato spedito')
  await desk.getByRole('button', { name: 'Concludi il colloquio' }).click()
  await expect(kiosk.getByText(/cancellato/i).first()).toBeVisible()
  await shot(kiosk, 'kiosk-6-fine')
  await expect(desk.getByText('Colloquio concluso')).toBeVisible()
  await shot(desk, 'desk-5-concluso')
  await expect(kiosk.getByText('Buongiorno, mi mostri il documento')).toHaveCount(0)
})
