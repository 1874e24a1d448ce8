import { expect, test } from '@playwright/test'
import { shot } from './people.ts'
import { axe, inCall, leave, talking, world } from './world.ts'

test.afterEach(({ browser }) => leave(browser))

test('an operator shows their screen, stops, and points at a place of a document', async ({ browser }) => {
  const w = await world(browser)
  const { kiosk, desk } = await inCall(browser, w)
  await desk.keyboard.press('l')
  await expect(kiosk.locator('.shared')).toBeVisible({ timeout: 20_000 })
  await expect.poll(() => kiosk.evaluate(() => document.querySelector<HTMLVideoElement>('.shared video')?.videoWidth ?? 0), { timeout: 20_000 }).toBeGreaterThan(0)
  await expect(desk.getByRole('button', { name: /Smetti di mostrare/ })).toBeVisible()
  await talking(kiosk, desk) // the face stays, small
  await axe(kiosk)
  await shot(kiosk, 'share-1-postazione')
  await desk.keyboard.press('l')
  await expect(kiosk.locator('.shared')).toHaveCount(0)
  await talking(kiosk, desk)

  const picture = await desk.screenshot({ type: 'png' })
  await desk.locator('#file').setInputFiles({ name: 'modulo.png', mimeType: 'image/png', buffer: picture })
  await expect(kiosk.getByRole('heading', { name: /documento/i })).toBeVisible({ timeout: 20_000 })
  await desk.locator('.papers').getByRole('button', { name: /modulo/ }).first().click()
  const page = desk.locator('.sheet img').first()
  await expect(page).toBeVisible()
  const box = (await page.boundingBox())!
  await page.click({ position: { x: box.width / 4, y: Math.min(box.height / 4, 100) } })
  const mark = kiosk.getByRole('img', { name: 'L’operatore indica questo punto' })
  await expect(mark).toBeVisible()
  await axe(kiosk)
  await shot(kiosk, 'share-2-indica')
  await expect(mark).toHaveCount(0, { timeout: 15_000 })
})
