import { expect, test } from '@playwright/test'
import { shot } from './people.ts'
import { axe, inCall, leave, world } from './world.ts'

test.afterEach(({ browser }) => leave(browser))

// Who does not hear reads what the operator writes while it is written, and answers on the keyboard the same way.
test('a conversation in writing, letter by letter in both directions', async ({ browser }) => {
  const w = await world(browser)
  const { kiosk, desk } = await inCall(browser, w)
  await kiosk.getByRole('button', { name: 'Leggo invece di sentire' }).click()
  await expect(desk.getByText('La persona legge: scriva')).toBeVisible()
  await expect(kiosk.getByText('Qui compare quello che l’operatore scrive')).toBeVisible()
  await axe(kiosk)

  const field = desk.getByLabel('Scriva alla persona')
  await field.pressSequentially('Buongiorno, ha con sé la carta')
  // Not sent yet, and there: within a second, for the browsers of this machine; 500 ms is what the norm asks of the text itself.
  await expect(kiosk.locator('.captions .typing')).toHaveText('Buongiorno, ha con sé la carta', { timeout: 1_500 })
  await field.press('Backspace')
  await expect(kiosk.locator('.captions .typing')).toHaveText('Buongiorno, ha con sé la cart', { timeout: 1_500 })
  await shot(kiosk, 'captions-1-kiosk')
  await field.pressSequentially('a scaduta?')
  await field.press('Enter')
  await expect(kiosk.locator('.captions .desk:not(.typing)')).toHaveText('Buongiorno, ha con sé la carta scaduta?')
  await expect(kiosk.locator('.captions .typing')).toHaveCount(0)

  // The answer, on a keyboard that is plugged in; digits and spaces are letters here.
  await kiosk.getByRole('button', { name: 'Rispondi per iscritto' }).click()
  await kiosk.keyboard.type('Si, del 2016')
  await expect(desk.locator('.typing')).toContainText('Si, del 2016', { timeout: 1_500 })
  await axe(desk)
  await axe(kiosk)
  await shot(desk, 'captions-2-desk')
  await kiosk.keyboard.press('Backspace')
  await expect(desk.locator('.typing')).toContainText(/Si, del 201$/)
  await kiosk.keyboard.type('5')
  await kiosk.keyboard.press('Enter')
  await expect(desk.locator('.lines .kiosk')).toContainText('Si, del 2015')
  await expect(desk.locator('.typing')).toHaveCount(0)
  await expect(kiosk.locator('.captions .kiosk')).toContainText('Si, del 2015')
  await shot(kiosk, 'captions-3-kiosk')

  // Another page at the desk knows at once that the person reads.
  await desk.reload()
  await expect(desk.getByText('La persona legge: scriva')).toBeVisible({ timeout: 20_000 })
})
