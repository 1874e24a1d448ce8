import { expect, test } from '@playwright/test'
import { book, enterCode, entity, openDesk, openKiosk, phone, seesFrames, staff } from './people.ts'
import { downUntil, leave } from './world.ts'

test.afterEach(({ browser }) => leave(browser))

// What a call lives through: reloads of either screen, a pause, a media server that dies; and a citizen who has enough.
test('a call survives reloads, a pause and the death of the media server, and leaves nothing behind', async ({ browser }) => {
  const isernia = entity('isernia')
  const castelromano = isernia.kiosks.find((k) => k.name.includes('Castelromano'))!
  const citizen = await browser.newContext({ ...phone, javaScriptEnabled: false })
  const booked = await book(await citizen.newPage(), isernia, 'certificati-anagrafici', 'Castelromano')
  const { page: kiosk } = await openKiosk(browser, castelromano.enrolment_code)
  const desk = await openDesk(browser, isernia, staff(isernia, 'operator', 1))
  const both = async (): Promise<void> => {
    await Promise.all([seesFrames(kiosk, 'Video dell’operatore'), seesFrames(desk, 'Video della persona')])
  }

  await enterCode(kiosk, booked.code)
  await expect(desk.getByText('Una persona in attesa')).toBeVisible()
  await desk.keyboard.press('n')
  await both()

  await desk.reload()
  await both()
  await kiosk.reload()
  await both()

  // A pause is possible once the server knows that both see each other again.
  const hold = desk.getByRole('button', { name: /Metti in attesa/ })
  await expect(hold).toBeEnabled()
  await hold.click()
  await expect(kiosk.getByRole('heading', { name: 'L’operatore torna subito' })).toBeVisible()
  await desk.keyboard.press('h')
  await both()

  await downUntil('livekit', expect(kiosk.getByRole('heading', { name: 'Il collegamento è caduto' })).toBeVisible())
  await both()

  await kiosk.getByRole('button', { name: 'Termina e cancella tutto' }).click()
  await kiosk.getByRole('button', { name: 'Sì, termina e cancella tutto' }).click()
  await expect(kiosk.getByText('Tutto è stato cancellato', { exact: true })).toBeVisible()
  await expect(desk.getByText('Colloquio concluso')).toBeVisible()
  await kiosk.getByRole('button', { name: 'Torna all’inizio' }).click()
  // The device itself is told nothing of it any more.
  const session = (): Promise<unknown> => kiosk.evaluate(async () => ((await (await fetch('/api/kiosk/state')).json()) as { session: unknown }).session)
  await expect.poll(session).toBeNull()
})
