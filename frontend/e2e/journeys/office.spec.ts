// The back office: what an administrator changes is what citizens and operators find.
import { expect, test } from '@playwright/test'
import { demo, entity, laptop, phone, tick } from './people.ts'
import { axe, booked, enter, forgetLimits, leave, office, romeDay, world } from './world.ts'
import { totp } from '../support/totp.ts'

test.afterEach(({ browser }) => leave(browser))

test('an administrator makes an office with hours, a service and a kiosk, and citizens can book it', async ({ browser }) => {
  const isernia = entity('isernia')
  const page = await office(browser, isernia)
  await axe(page)
  const n = Math.random().toString(36).slice(2, 8)

  await page.goto(`${isernia.url}/amministrazione/uffici/nuovo`)
  await page.getByLabel('Nome dell\'ufficio').fill(`Ufficio ambiente ${n}`)
  await page.getByRole('button', { name: 'Crea l\'ufficio' }).click()
  await expect(page.getByText('L\'ufficio è stato creato.')).toBeVisible()
  await page.getByLabel('Lunedì, fascia 1, dalle').fill('08:00')
  await page.getByLabel('Lunedì, fascia 1, alle').fill('07:00')
  await page.getByLabel('Lunedì, fascia 1, operatori').fill('2')
  await page.getByRole('button', { name: 'Salva gli orari' }).click()
  await expect(page.getByText('L\'orario di fine deve essere dopo quello di inizio.')).toBeVisible()
  await axe(page)
  await page.getByLabel('Lunedì, fascia 1, alle').fill('14:00')
  await page.getByRole('button', { name: 'Salva gli orari' }).click()
  await expect(page.getByText('Gli orari sono stati salvati.')).toBeVisible()
  await axe(page)

  await page.goto(`${isernia.url}/amministrazione/servizi/nuovo`)
  const title = `Compostaggio domestico ${n}`
  const texts: Record<string, string> = {
    Titolo: title, 'Descrizione breve': 'Chiedere la compostiera.', 'A chi è rivolto': 'A chi ha un giardino.', 'Come fare': 'Prenoti.',
    'Cosa serve: introduzione': 'Porti:', 'Cosa serve: elenco': 'la bolletta TARI', 'Cosa si ottiene': 'La compostiera.',
    'Tempi e scadenze': 'Un mese.', 'Quanto costa': 'Gratuito.', 'Condizioni di servizio': 'Nessuna.', 'Durata di un appuntamento, in minuti': '20',
  }
  for (const [label, text] of Object.entries(texts)) await page.getByLabel(new RegExp(`^${label}( \\*)?$`)).fill(text)
  await page.getByLabel(/^Categoria/).selectOption({ index: 1 })
  await tick(page.getByLabel('Si può prenotare allo sportello in video'))
  await tick(page.getByRole('group', { name: 'Uffici che rispondono in video' }).getByLabel(`Ufficio ambiente ${n}`))
  await page.getByLabel(/^Ufficio responsabile/).selectOption(`Ufficio ambiente ${n}`)
  await tick(page.getByRole('group', { name: /Argomenti/ }).getByRole('checkbox').first())
  await page.getByRole('button', { name: 'Crea la bozza' }).click()
  await expect(page.getByText('La bozza è stata creata.')).toBeVisible()
  await axe(page)
  await page.getByRole('button', { name: 'Pubblica' }).click()
  await expect(page.getByText('Il servizio è pubblicato')).toBeVisible()
  const address = await page.getByRole('link', { name: 'Vedi sul sito' }).getAttribute('href')

  await page.goto(`${isernia.url}/amministrazione/postazioni/nuova`)
  await page.getByLabel(/^Nome/).fill(`Postazione ${n}`)
  await page.getByLabel(/^Edificio/).fill('Biblioteca')
  await page.getByLabel(/^Indirizzo/).fill('Via Roma 1, 86170 Isernia')
  await tick(page.getByLabel(title))
  for (const day of ['Lunedì', 'Martedì']) await page.getByLabel(day).fill('08:00-18:00')
  await page.getByRole('button', { name: 'Salva postazione' }).click()
  await expect(page.getByText('Postazione creata.')).toBeVisible()
  await axe(page)

  const citizen = await (await browser.newContext({ ...phone, javaScriptEnabled: false })).newPage()
  await citizen.goto(isernia.url + address)
  await citizen.locator('[data-element="service-booking-access"]').first().click()
  await citizen.getByRole('radio', { name: `Postazione ${n}` }).check({ force: true })
  await citizen.getByRole('button', { name: 'Avanti' }).click()
  await expect(citizen.locator('#orari').getByRole('radio').first()).toBeAttached()
})

test('a closing day takes the times away and names who must be told; undone, they are back', async ({ browser }) => {
  const w = await world(browser)
  const mine = await booked(browser, w, { days: 3 })
  const page = await office(browser, w.at)
  const times = `${w.at.url}/prenota/data-orario?servizio=${w.service.slug}&office-choice=${w.office}&postazione=${w.kiosks[0]!.id}&giorno=${romeDay(3)}`
  const offered = async () => {
    const citizen = await (await browser.newContext({ ...phone, javaScriptEnabled: false })).newPage()
    await citizen.goto(times)
    const day = await citizen.locator('#orari input[name=giorno]').getAttribute('value')
    await citizen.context().close()
    return day
  }
  expect(await offered()).toBe(romeDay(3))
  await page.goto(`${w.at.url}/amministrazione/uffici/${w.office}`)
  await page.locator('#chiusure').getByLabel(/^Giorno/).fill(romeDay(3))
  await page.locator('#chiusure').getByLabel(/^Motivo/).fill('Disinfestazione')
  await page.getByRole('button', { name: 'Aggiungi' }).click()
  await expect(page.getByText('Il giorno è stato aggiunto.')).toBeVisible()
  await expect(page.getByText('Avvisi queste persone')).toBeVisible()
  await expect(page.getByRole('link', { name: mine.email })).toBeVisible()
  await axe(page)
  await page.getByRole('link', { name: 'Avvisa per e-mail' }).click()
  await axe(page)
  await page.getByRole('button', { name: 'Invia i messaggi' }).click()
  await expect(page.getByText('I messaggi sono in partenza')).toBeVisible()
  await expect(page.getByText('messaggio inviato')).toBeVisible()
  await page.goto(`${w.at.url}/amministrazione/messaggi`)
  await expect(page.getByRole('row', { name: /Avviso che l'appuntamento non si può tenere/ }).first()).toBeVisible()
  await axe(page)
  await page.goto(`${w.at.url}/amministrazione/statistiche`)
  await expect(page.getByRole('row', { name: /Pianificato/ })).toBeVisible()
  await axe(page)
  const csv = await page.evaluate(async (path) => (await fetch(path)).text(), await page.getByRole('link', { name: /CSV/ }).getAttribute('href') ?? '')
  expect(csv).toMatch(/^Tabella;Voce;/)
  await page.goto(`${w.at.url}/amministrazione/uffici/${w.office}`)
  expect(await offered()).not.toBe(romeDay(3))
  await page.locator('#chiusure').getByRole('row', { name: /Disinfestazione/ }).getByRole('button', { name: /^Annulla/ }).click()
  await expect(page.getByText('Annullato: per quel giorno valgono di nuovo')).toBeVisible()
  expect(await offered()).toBe(romeDay(3))
})

test('a new operator signs in with the credentials that were shown, and is refused with anything else', async ({ browser }) => {
  const w = await world(browser)
  const who = w.operators[0]!
  const page = await (await browser.newContext(laptop)).newPage()
  const attempt = async (email: string, password: string, code: string) => {
    await page.getByLabel(/mail/i).fill(email)
    await page.getByLabel('Password').fill(password)
    await page.getByLabel(/Codice/).fill(code)
    await page.getByRole('button', { name: 'Accedi' }).click()
  }
  await forgetLimits()
  await page.goto(`${w.at.url}/operatore`)
  await expect(page).toHaveURL(/accedi\?ritorno=/)
  await axe(page)
  const code = totp(who.totp_secret)
  const wrong = code === '000000' ? '111111' : '000000'
  for (const [email, password, digits] of [[who.email, 'sbagliata', code], [who.email, who.password, wrong], [`x${who.email}`, who.password, code], ['', '', '']] as const) {
    await attempt(email, password, digits)
    await expect(page.getByText('I dati non sono corretti.')).toBeVisible()
    await expect(page.getByLabel(/mail/i)).toHaveValue(email)
    await axe(page)
  }
  await attempt(who.email, who.password, totp(who.totp_secret))
  await expect(page.getByText('Pronto per il prossimo')).toBeVisible()
  await page.goto(`${w.at.url}/amministrazione`)
  await expect(page.getByText('riservata a chi ha un altro ruolo')).toBeVisible()
  await axe(page)
  await page.goto(`${w.at.url}/operatore`)
  await page.getByRole('button', { name: 'Esci' }).click()
  await page.goto(`${w.at.url}/operatore`)
  await expect(page).toHaveURL(/accedi/)
})

test('the vendor sees both entities and no citizen', async ({ browser }) => {
  const w = await world(browser)
  await booked(browser, w, { surname: 'Canarino' })
  const page = await (await browser.newContext(laptop)).newPage()
  await forgetLimits()
  await enter(page, demo.vendor, demo.vendor, '/')
  await expect(page.getByRole('link', { name: 'Comune di Isernia' })).toBeVisible()
  await expect(page.getByRole('link', { name: 'Comune di Caltanissetta' })).toBeVisible()
  await expect(page.getByText('Canarino')).toHaveCount(0)
  await axe(page)
  for (const path of ['/amministrazione', '/operatore', '/api/desk/state', '/api/desk/day']) {
    const res = await page.goto(entity('isernia').url + path)
    expect(`${res!.status()} ${page.url()}`, path).toMatch(/^(4\d\d|200 .*\/accedi)/)
  }
})
