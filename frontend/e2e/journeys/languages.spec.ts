import { expect, test } from '@playwright/test'
import { shot, type } from './people.ts'
import { axe, booked, kioskOf, leave, world } from './world.ts'

test.afterEach(({ browser }) => leave(browser))

test('a citizen reads the kiosk in German, also why a code is refused; the next one reads Italian', async ({ browser }) => {
  const w = await world(browser)
  const { code } = await booked(browser, w)
  const kiosk = await kioskOf(browser, w.at, w.kiosks[0]!)
  await axe(kiosk)
  await shot(kiosk, 'lang-1-inizio')
  await kiosk.getByRole('button', { name: 'Deutsch' }).click()
  await expect(kiosk.getByRole('button', { name: /Hier berühren/ })).toBeVisible()
  expect(await kiosk.evaluate(() => document.documentElement.lang)).toBe('de')
  await axe(kiosk)
  await shot(kiosk, 'lang-2-deutsch')
  await kiosk.getByRole('button', { name: /Hier berühren/ }).click()
  await expect(kiosk.getByRole('heading', { name: 'Wie lautet der Code Ihres Termins?' })).toBeVisible()
  await type(kiosk, '0000000000')
  await kiosk.getByRole('button', { name: 'Weiter' }).click()
  await expect(kiosk.getByText('Wir finden diesen Code nicht.')).toBeVisible()
  await axe(kiosk)
  await shot(kiosk, 'lang-3-abgelehnt')
  await kiosk.getByRole('button', { name: 'Noch einmal versuchen' }).click()
  await type(kiosk, code)
  await kiosk.getByRole('button', { name: 'Weiter' }).click()
  await expect(kiosk.getByRole('heading', { name: 'Wir rufen Sie gleich' })).toBeVisible()
  await axe(kiosk)
  await shot(kiosk, 'lang-4-warten')
  await kiosk.getByRole('button', { name: 'Beenden und alles löschen' }).click()
  await kiosk.getByRole('button', { name: 'Ja, beenden und alles löschen' }).click()
  await kiosk.getByRole('button', { name: 'Zurück zum Anfang' }).click()
  await expect(kiosk.getByRole('button', { name: /Tocchi qui/ })).toBeVisible()
  expect(await kiosk.evaluate(() => document.documentElement.lang)).toBe('it')

  for (const [name, start] of [['English', /Touch here/], ['Français', /Touchez ici/], ['Italiano', /Tocchi qui/]] as const) {
    await kiosk.getByRole('button', { name, exact: true }).click()
    await expect(kiosk.getByRole('button', { name: start })).toBeVisible()
  }
})
