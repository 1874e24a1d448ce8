import { expect, test } from '@playwright/test'
import { downUntil, inCall, leave, talking, world } from './world.ts'

test.afterEach(({ browser }) => leave(browser))

// What a call lives through: reloads of either screen, a pause, a media server that dies; and a citizen who has enough.
test('a call survives reloads, a pause and the death of the media server, and leaves nothing behind', async ({ browser }) => {
  const { kiosk, desk } = await inCall(browser, await world(browser))
  const both = (): Promise<void> => talking(kiosk, desk)

  await desk.reload()
  await both()
  await kiosk.reload()
  await both()

  // A pause is possible once the server knows that both see each other again.
  const hold = desk.getByRole('button', { name: /Metti in attesa/ })
  const paused = kiosk.getByRole('heading', { name: 'L’operatore torna subito' })
  await expect(async () => { // a line that falls at that moment refuses the first press, as it would a person's
    if (await hold.isEnabled()) await hold.click()
    await expect(paused).toBeVisible({ timeout: 5_000 })
  }).toPass()
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
