// The live wall: a supervisor sees what happens without touching anything, and no name.
import { expect, test } from '@playwright/test'
import { enterCode, shot } from './people.ts'
import { axe, booked, deskOf, kioskOf, leave, office, talking, world } from './world.ts'

test.afterEach(({ browser }) => leave(browser))

test('the live wall shows who waits, who serves and which kiosks answer, by itself', async ({ browser }) => {
  const w = await world(browser)
  const { code } = await booked(browser, w)
  const wall = await (await office(browser, w.at)).context().newPage()
  await wall.goto(`${w.at.url}/operatore/sala`)
  const counter = wall.getByRole('listitem').filter({ hasText: w.service.title.replace('Servizio', 'Ufficio') })
  const seat = wall.getByRole('listitem').filter({ hasText: w.kiosks[0]!.name })
  await expect(seat).toContainText('Non risponde')
  await axe(wall)

  const kiosk = await kioskOf(browser, w.at, w.kiosks[0]!)
  await expect(seat).toContainText('Libera', { timeout: 20_000 })
  await enterCode(kiosk, code)
  await expect(seat).toContainText('Una persona aspetta', { timeout: 20_000 })
  await expect(counter).toContainText('Qualcuno aspetta e nessuno sportello è aperto.')
  await shot(wall, 'sala-allarme')

  const desk = await deskOf(browser, w.at, w.operators[0]!)
  await desk.keyboard.press('n')
  await talking(kiosk, desk)
  await expect(seat).toContainText('In colloquio', { timeout: 20_000 })
  await expect(counter).toContainText(/Sportelli aperti\s*1\s*In colloquio\s*1/)
  await expect(counter).not.toContainText('nessuno sportello')
  await shot(wall, 'sala')
  await axe(wall)
  const words = (await wall.locator('main').textContent()) ?? ''
  expect(words).not.toContain('Prova')
  expect(words).not.toContain(w.operators[0]!.email)
  await wall.close()
})
