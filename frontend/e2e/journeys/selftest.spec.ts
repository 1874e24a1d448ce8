import { expect, test } from '@playwright/test'
import { shot } from './people.ts'
import { axe, kioskOf, leave, office, world } from './world.ts'

test.afterEach(({ browser }) => leave(browser))

// Whoever keeps a kiosk tries its parts with a finger on the clock; the office sees what failed until it passes.
test('the guided test finds a loudspeaker that is silent, and closes the fault when it sounds', async ({ browser }) => {
  const w = await world(browser)
  const page = await kioskOf(browser, w.at, w.kiosks[0]!)
  const admin = await office(browser, w.at)
  const card = `${w.at.url}/amministrazione/postazioni/${w.kiosks[0]!.id}`

  await page.getByRole('button', { name: 'Prova la postazione' }).click() // offered once, after the activation
  await expect(page.getByRole('heading', { name: 'Si vede?' })).toBeVisible()
  await axe(page)
  await shot(page, 'test-1-camera')
  await page.getByRole('button', { name: 'Sì, si vede bene' }).click()
  // The pretended microphone beeps: it is heard without a touch.
  await page.getByRole('button', { name: 'Suona la nota' }).click()
  await shot(page, 'test-2-speaker')
  await expect(page.getByText('Ha sentito la nota?')).toBeVisible()
  await axe(page)
  await page.getByRole('button', { name: 'No, non ho sentito nulla' }).click()
  await expect(page.getByRole('heading', { name: 'Tocchi i cinque cerchi' })).toBeVisible()
  await axe(page)
  await shot(page, 'test-3-touch')
  for (let n = 1; n <= 5; n++) await page.getByRole('button', { name: `Cerchio ${n}` }).click()
  await expect(page.getByRole('heading', { name: 'Qualcosa non funziona' })).toBeVisible({ timeout: 20_000 })
  await expect(page.getByText('Rete e video: funziona')).toBeVisible()
  await expect(page.getByText('L’ufficio vede il risultato')).toBeVisible()
  await axe(page)
  await shot(page, 'test-4-done')
  await page.getByRole('button', { name: 'Torna all’inizio' }).click()

  await admin.goto(card)
  await expect(admin.getByText('Altoparlante: non funziona')).toBeVisible()
  await expect(admin.getByText('Telecamera: funziona')).toBeVisible()
  await expect(admin.locator('.office-fault')).toContainText('Non ha superato la prova')
  await axe(admin)
  await shot(admin, 'test-5-ufficio')

  // A finger that stays on the clock; a short touch does nothing.
  const clock = (await page.locator('.clock').boundingBox())!
  await page.mouse.move(clock.x + clock.width / 2, clock.y + clock.height / 2)
  await page.mouse.down()
  await page.mouse.up()
  await expect(page.getByRole('button', { name: 'Prova la postazione' })).toHaveCount(0)
  await page.mouse.down()
  await expect(page.getByRole('heading', { name: 'Si vede?' })).toBeVisible({ timeout: 8_000 })
  await page.mouse.up()
  await page.getByRole('button', { name: 'Salta' }).click()
  await page.getByRole('button', { name: 'Suona la nota' }).click()
  await page.getByRole('button', { name: 'Sì, l’ho sentita' }).click()
  for (let n = 1; n <= 5; n++) await page.getByRole('button', { name: `Cerchio ${n}` }).click()
  await expect(page.getByRole('heading', { name: 'La postazione è a posto' })).toBeVisible({ timeout: 20_000 })
  await expect(page.getByText('L’ufficio vede il risultato')).toBeVisible()
  await admin.reload()
  await expect(admin.locator('.office-fault')).toHaveCount(0)
})
