import { expect, test } from '@playwright/test'
import { mails, phone, shot } from './people.ts'
import { axe, booked, kioskOf, leave, narrow, office, world } from './world.ts'

test.afterEach(({ browser }) => leave(browser))

// A kiosk breaks: who keeps it says so with one tap, and who is booked there is sent to another before they walk.
test('who keeps a kiosk reports it, and who is booked there moves to another with one tap', async ({ browser }) => {
  const w = await world(browser, { kiosks: 2 })
  const { email } = await booked(browser, w)
  const kiosk = await kioskOf(browser, w.at, w.kiosks[0]!)
  const admin = await office(browser, w.at)
  await admin.goto(`${w.at.url}/amministrazione/postazioni/${w.kiosks[0]!.id}/presidio`)
  await axe(admin)
  await shot(admin, 'fault-1-foglio')
  const link = (await admin.locator('.helper-link').textContent())!

  const keeper = await (await browser.newContext(phone)).newPage()
  await keeper.goto(link)
  await expect(keeper.getByText('La postazione funziona.')).toBeVisible()
  await expect(keeper.locator('.helper-times li')).toHaveCount(1)
  await axe(keeper)
  await narrow(keeper)
  await shot(keeper, 'fault-2-presidio')
  await keeper.getByLabel('Che cosa non funziona').fill('Lo schermo resta nero')
  await keeper.getByRole('button', { name: 'Postazione guasta' }).click()
  await expect(keeper.getByRole('status')).toContainText('L\'ufficio lo sa')
  await expect(keeper.getByText('La postazione non si può usare.')).toBeVisible()
  await axe(keeper)
  await shot(keeper, 'fault-3-guasta')

  await expect.poll(async () => (await mails(email))[0]?.subject, { timeout: 20_000 }).toMatch(/^Non vada a/)
  const mail = (await mails(email))[0]!
  const move = /https?:\/\/\S+sposta\/riepilogo\S+/.exec(mail.text)![0]
  await admin.goto(`${w.at.url}/amministrazione/postazioni/${w.kiosks[0]!.id}`)
  await expect(admin.getByText('Lo schermo resta nero')).toBeVisible()
  await axe(admin)
  await shot(admin, 'fault-4-ufficio')
  await admin.goto(`${w.at.url}/operatore/sala`)
  await expect(admin.locator('.wall-kiosks li', { hasText: w.kiosks[0]!.name })).toContainText('Guasta')
  await shot(admin, 'fault-5-sala')

  const citizen = await (await browser.newContext({ ...phone, javaScriptEnabled: false })).newPage()
  await citizen.goto(move)
  await shot(citizen, 'fault-6-sposta')
  await citizen.getByRole('button', { name: 'Sposta appuntamento' }).click()
  await expect(citizen.getByText(w.kiosks[1]!.name).first()).toBeVisible()

  // While it is broken its next hours are offered to nobody.
  const first = async (): Promise<string> => await admin.evaluate(async (path) => {
    const html = await (await fetch(path)).text()
    return /name="inizio"[^>]*value="([^"]+)"/.exec(html)?.[1] ?? ''
  }, `/prenota/data-orario?servizio=${w.service.slug}&office-choice=${w.office}&postazione=${w.kiosks[0]!.id}`)
  const next = Date.parse(await first())
  if (!Number.isNaN(next)) expect(next - Date.now()).toBeGreaterThan(100 * 60_000)

  await keeper.getByRole('button', { name: 'Chiama assistenza' }).click()
  await expect(keeper.getByText('Abbiamo avvisato l\'ufficio')).toBeVisible()
  await keeper.getByRole('button', { name: 'Funziona di nuovo' }).click()
  await expect(keeper.getByText('Chiede assistenza')).toBeVisible()
  await keeper.getByRole('button', { name: 'Non serve più' }).click()
  await expect(keeper.getByText('La postazione funziona.')).toBeVisible()
  await expect(kiosk.getByRole('button', { name: /Tocchi qui/ })).toBeVisible()
})
