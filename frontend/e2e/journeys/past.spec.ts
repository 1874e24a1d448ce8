// The search over past encounters: from the close of one to the list, its file and the register of operations.
import { expect, test } from '@playwright/test'
import { shot } from './people.ts'
import { axe, inCall, leave, office, romeDay, world } from './world.ts'

test.afterEach(({ browser }) => leave(browser))

test('an operator finds a past encounter, an administrator takes the list along, and both leave a trace', async ({ browser }) => {
  const w = await world(browser)
  const { desk } = await inCall(browser, w)
  await desk.getByLabel('Riconoscimento').selectOption('Con il passaporto')
  await desk.getByLabel('Appunti').fill('Certificato inviato per e-mail.')
  await desk.getByRole('radio', { name: 'Risolto', exact: true }).check()
  await desk.getByRole('button', { name: 'Concludi il colloquio' }).click()
  await expect(desk.getByText('Colloquio concluso')).toBeVisible()

  const list = await desk.context().newPage()
  await list.goto(`${w.at.url}/operatore/colloqui`)
  await list.getByLabel('Servizio').fill(w.service.title)
  await list.getByRole('button', { name: 'Cerca' }).click()
  const row = list.getByRole('row', { name: /Nonna Prova.*Risolto.*Passaporto/ })
  await expect(row).toHaveCount(1)
  await expect(list.getByText('Certificato inviato per e-mail.')).toBeVisible()
  await axe(list)
  await shot(list, 'past')
  await list.getByLabel('Esito').selectOption('Interrotto')
  await list.getByRole('button', { name: 'Cerca' }).click()
  await expect(list.getByText('Nessun colloquio con questi criteri')).toBeVisible()
  await expect(list.getByLabel('Servizio')).toHaveValue(w.service.title)
  await list.getByLabel('Dal giorno').fill(romeDay(3))
  await list.getByRole('button', { name: 'Cerca' }).click()
  await expect(list.getByRole('alert').first()).toBeVisible()
  await axe(list)

  const admin = await office(browser, w.at)
  const csv = await admin.evaluate(async (path) => {
    const res = await fetch(path)
    return { name: res.headers.get('content-disposition'), text: await res.text() }
  }, `/operatore/colloqui.csv?servizio=${encodeURIComponent(w.service.title)}`)
  expect(csv.name).toContain('colloqui-')
  expect(csv.text).toContain('Nonna Prova')
  await admin.goto(`${w.at.url}/amministrazione/registro`)
  await expect(admin.getByText('Ha cercato tra i colloqui conclusi').first()).toBeVisible()
})
