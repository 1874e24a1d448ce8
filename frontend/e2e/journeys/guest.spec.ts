import { expect, test } from '@playwright/test'
import { enterCode, mails, phone, shot } from './people.ts'
import { axe, booked, deskOf, inCall, kioskOf, leave, narrow, talking, world } from './world.ts'

test.afterEach(({ browser }) => leave(browser))

test('a daughter takes part by link from her telephone, and is sent away', async ({ browser }) => {
  const w = await world(browser)
  const { kiosk, desk } = await inCall(browser, w)
  await desk.keyboard.press('w')
  await desk.getByRole('textbox', { name: /^Chi è/ }).fill('Anna, la figlia')
  await axe(desk)
  await desk.getByRole('button', { name: 'Crea il collegamento' }).click()
  const field = desk.getByLabel('Collegamento da mandare')
  await expect(field).toBeVisible()
  await shot(desk, 'guest-1-invito')
  const link = await field.inputValue()
  await expect(kiosk.getByText('Partecipa anche: Anna, la figlia')).toBeVisible()

  const daughter = await (await browser.newContext({ ...phone, permissions: ['camera', 'microphone'] })).newPage()
  await daughter.addInitScript(() => {
    const opened: MediaStreamTrack[] = Object.assign(window, { opened: [] as MediaStreamTrack[] }).opened
    const open = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices)
    navigator.mediaDevices.getUserMedia = async (wanted) => {
      const stream = await open(wanted)
      opened.push(...stream.getTracks())
      return stream
    }
  })
  const open = () => daughter.evaluate(() =>
    (window as unknown as { opened: MediaStreamTrack[] }).opened.filter((track) => track.readyState === 'live').length)
  await daughter.goto(link)
  await expect(daughter.getByRole('heading', { name: 'Buongiorno, Anna, la figlia' })).toBeVisible()
  await axe(daughter)
  await narrow(daughter)
  await daughter.getByRole('button', { name: 'Entra nel colloquio' }).click()
  await expect(daughter.getByRole('heading', { name: 'È nel colloquio' })).toBeVisible({ timeout: 20_000 })
  await expect(daughter.locator('.faces figure')).toHaveCount(2, { timeout: 20_000 })
  expect(await open()).toBe(2)
  const moves = (page: typeof desk, where: string) => expect.poll(() => page.evaluate((where) =>
    document.querySelector<HTMLVideoElement>(where)?.getVideoPlaybackQuality().totalVideoFrames ?? 0, where), { timeout: 20_000 }).toBeGreaterThan(2)
  await moves(daughter, '.faces video')
  await axe(daughter)
  await narrow(daughter)
  await shot(daughter, 'guest-2-dentro')
  await desk.keyboard.press('Escape')
  for (const page of [kiosk, desk]) {
    await expect(page.locator('.guests figcaption')).toHaveText('Anna, la figlia')
    await moves(page, '.guests video')
  }
  await talking(kiosk, desk) // the two sides still see each other, not the guest in the other's place
  await axe(kiosk)
  await shot(kiosk, 'guest-3-postazione')
  await shot(desk, 'guest-4-scrivania')

  await desk.keyboard.press('w')
  await desk.getByRole('button', { name: 'Congeda' }).click()
  await expect(kiosk.locator('.guests figure')).toHaveCount(0)
  await expect(daughter.getByRole('heading', { name: 'Il colloquio non è aperto' })).toBeVisible({ timeout: 15_000 })
  await expect.poll(open).toBe(0) // camera and microphone go out with the encounter
  await desk.keyboard.press('Escape')
  await talking(kiosk, desk)
})

test('the citizen takes outcome and papers home: by code, by mail', async ({ browser }) => {
  const w = await world(browser)
  const { code, email } = await booked(browser, w)
  const desk = await deskOf(browser, w.at, w.operators[0]!)
  const kiosk = await kioskOf(browser, w.at, w.kiosks[0]!)
  await enterCode(kiosk, code)
  await expect(desk.getByText('Una persona in attesa')).toBeVisible()
  await desk.keyboard.press('n')
  await talking(kiosk, desk)
  await expect(desk.getByRole('button', { name: /Metti in attesa/ })).toBeEnabled()
  await desk.getByLabel('Scriva alla persona').fill('Torni con la fototessera')
  await desk.getByRole('button', { name: 'Invia', exact: true }).click()
  await expect(kiosk.getByText('Torni con la fototessera').first()).toBeVisible()
  await desk.getByRole('radio', { name: /Risolto/ }).check({ force: true })
  await desk.getByRole('button', { name: /Concludi/ }).click()
  await expect(kiosk.getByRole('heading', { name: 'Porti con sé esito e documenti' })).toBeVisible()
  await expect(kiosk.locator('.receipt-qr')).toBeVisible()
  await axe(kiosk)
  await shot(kiosk, 'receipt-1-fine')
  await kiosk.getByRole('button', { name: 'Me li mandi per email' }).click()
  await expect(kiosk.getByRole('button', { name: 'Email inviata' })).toBeVisible()
  await expect.poll(async () => (await mails(email)).find((m) => m.subject.startsWith('Esito e documenti'))?.subject, { timeout: 20_000 }).toBeTruthy()
  const mail = (await mails(email)).find((m) => m.subject.startsWith('Esito e documenti'))!
  const citizen = await (await browser.newContext(phone)).newPage()
  await citizen.goto(/https?:\/\/\S+ricevuta\/\S+/.exec(mail.text)![0])
  await expect(citizen.getByText('Torni con la fototessera')).toBeVisible()
  await axe(citizen)
  await narrow(citizen)
  await shot(citizen, 'receipt-2-pagina')
  await kiosk.getByRole('button', { name: 'Torna all’inizio' }).click()
  await expect(kiosk.locator('.receipt')).toHaveCount(0)
})
