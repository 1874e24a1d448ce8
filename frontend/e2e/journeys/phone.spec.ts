// Booking on a phone: nothing typed is lost, whatever happens on the way.
import { expect, test, type Browser, type Page } from '@playwright/test'
import { mails, person, phone } from './people.ts'
import { axe, booked, leave, narrow, type World, world } from './world.ts'

test.afterEach(({ browser }) => leave(browser))

const forward = (page: Page) => page.getByRole('button', { name: 'Avanti' })
const errors = (page: Page) => page.locator('.field-error')

async function handset(browser: Browser, javaScriptEnabled = true): Promise<Page> {
  const page = await (await browser.newContext({ ...phone, javaScriptEnabled })).newPage()
  if (!javaScriptEnabled) plain.add(page)
  return page
}

const plain = new WeakSet<Page>()

/** A page of the wizard as everyone must find it: as wide as the phone, and accessible. Without JavaScript it is the same page, and nothing can look. */
async function fits(page: Page): Promise<void> {
  if (plain.has(page)) return
  await narrow(page)
  await axe(page)
}

async function toTimes(page: Page, w: World): Promise<void> {
  await page.goto(`${w.at.url}/prenota?servizio=${w.service.slug}`)
  await page.getByRole('radio').first().check({ force: true })
  await forward(page).click()
  await expect(page).toHaveURL(/data-orario/)
}

async function toMatter(page: Page, w: World): Promise<void> {
  await toTimes(page, w)
  await page.locator('#orari').getByRole('radio').first().check({ force: true })
  await forward(page).click()
  await expect(page).toHaveURL(/dettagli/)
}

async function toSummary(page: Page, w: World, who = person()): Promise<string> {
  await toMatter(page, w)
  await forward(page).click()
  await page.getByLabel(/^Nome/).fill(who.name)
  await page.getByLabel(/^Cognome/).fill(who.surname)
  await page.getByLabel(/^Email/).fill(who.email)
  await forward(page).click()
  await expect(page).toHaveURL(/riepilogo/)
  return who.email
}

for (const js of [true, false]) {
  const how = js ? 'with JavaScript' : 'without JavaScript'

  test(`back and reload keep what was typed in every step, ${how}`, async ({ browser }) => {
    const w = await world(browser, { kiosks: 2 })
    const page = await handset(browser, js)
    await page.goto(`${w.at.url}/prenota`)
    await fits(page)
    await page.goto(`${w.at.url}/prenota?servizio=${w.service.slug}`)
    await fits(page)
    await page.getByRole('radio', { name: w.kiosks[1]!.name }).check({ force: true })
    await forward(page).click()
    await fits(page)
    const time = page.locator('#orari').getByRole('radio').nth(1)
    const chosen = await time.getAttribute('value')
    await time.check({ force: true })
    await forward(page).click()
    await fits(page)
    await page.getByLabel(/^Dettagli/).fill('Vorrei due copie')
    await forward(page).click()
    await fits(page)
    await page.getByLabel(/^Nome/).fill('Nonna')
    await page.getByLabel(/^Cognome/).fill('Prova')
    await page.getByLabel(/^Email/).fill(person().email)
    await forward(page).click()
    await expect(page).toHaveURL(/riepilogo/)
    await fits(page)
    await page.reload()
    await expect(page.getByText('Vorrei due copie')).toBeVisible()
    await page.goBack()
    await expect(page.getByLabel(/^Cognome/)).toHaveValue('Prova')
    await page.goBack()
    await expect(page.getByLabel(/^Dettagli/)).toHaveValue('Vorrei due copie')
    await page.goBack()
    await expect(page.locator(`#orari input[value="${chosen}"]`)).toBeChecked()
    await page.goBack()
    await expect(page.getByRole('radio', { name: w.kiosks[1]!.name })).toBeChecked()
    await forward(page).click()
    // The time that is held for this very person is still theirs to choose.
    await page.locator(`#orari input[value="${chosen}"]`).check({ force: true })
    await forward(page).click()
    await expect(page).toHaveURL(/riepilogo/) // nothing is asked twice
    await expect(page.getByText('Vorrei due copie')).toBeVisible()
    await page.getByRole('button', { name: 'Conferma' }).click()
    await expect(page.getByRole('heading', { level: 1 })).toContainText(/confermato/i)
    await fits(page)
    await page.goBack()
    await page.goForward()
    await expect(page.getByRole('heading', { level: 1 })).toContainText(/confermato/i)
  })

  test(`hostile text is answered beside the fields and kept, ${how}`, async ({ browser }) => {
    const w = await world(browser)
    const page = await handset(browser, js)
    const alarms: string[] = []
    page.on('dialog', (dialog) => { alarms.push(dialog.message()); void dialog.dismiss() })
    await toMatter(page, w)
    // As a program would send it: the page's own limits are taken away.
    const unlimited = () => page.locator('[maxlength]').evaluateAll((all) => all.forEach((field) => field.removeAttribute('maxlength')))
    const long = 'parola '.repeat(1430).trim()
    await unlimited()
    await page.getByLabel(/^Dettagli/).fill(long)
    await forward(page).click()
    await expect(errors(page).first()).toContainText(/lungo|caratteri/)
    await expect(page.getByLabel(/^Dettagli/)).toHaveValue(long)
    await fits(page)
    const odd = '<script>alert(1)</script> "virgolette" \'apici\' & 👵🏽 \u05e9\u05dc\u05d5\u05dd ${7*7} {{.Code}} \'; drop table x; --'
    await page.getByLabel(/^Dettagli/).fill(odd)
    await forward(page).click()

    await unlimited()
    const bad = { name: 'N'.repeat(10_000), surname: ' ', email: '"><script>alert(2)</script>', phone: 'chiamami' }
    await page.getByLabel(/^Nome/).fill(bad.name)
    await page.getByLabel(/^Cognome/).fill(bad.surname)
    await page.getByLabel(/^Email/).fill(bad.email)
    await page.getByLabel(/^Telefono/).fill(bad.phone)
    await forward(page).click()
    await expect(page.getByRole('heading', { name: 'Controlli i dati inseriti' })).toBeVisible()
    await expect(page.getByLabel(/^Nome/)).toHaveValue(bad.name)
    await expect(page.getByLabel(/^Email/)).toHaveValue(bad.email)
    await expect(page.getByLabel(/^Telefono/)).toHaveValue(bad.phone)
    await fits(page)
    await page.getByLabel(/^Nome/).fill('O\'Brien <b>Zoë</b> 👵🏽')
    await forward(page).click()
    await expect(page.locator('#f-email-errore')).toContainText('nome@esempio.it')
    await expect(page.locator('#f-surname-errore')).not.toBeEmpty()
    await expect(page.locator('#f-phone-errore')).toContainText('numero di telefono valido')
    await fits(page)
    await page.getByLabel(/^Cognome/).fill('שלום D\'Angelo')
    const email = person().email
    await page.getByLabel(/^Email/).fill(email)
    await page.getByLabel(/^Telefono/).fill('0865 123456')
    await forward(page).click()
    await expect(page.getByText(odd)).toBeVisible()
    await expect(page.getByText('O\'Brien <b>Zoë</b> 👵🏽 שלום D\'Angelo')).toBeVisible()
    await fits(page)
    await page.getByRole('button', { name: 'Conferma' }).click()
    await expect(page.getByRole('heading', { level: 1 })).toContainText(/confermato/i)
    await expect.poll(async () => (await mails(email)).length, { timeout: 20_000 }).toBe(1)
    expect((await mails(email))[0]!.html).not.toContain('<b>Zoë')
    expect(alarms).toEqual([])
  })
}

test('an empty form says what is missing beside each field', async ({ browser }) => {
  const w = await world(browser)
  const page = await handset(browser, false)
  await page.goto(`${w.at.url}/prenota?servizio=${w.service.slug}`)
  await forward(page).click()
  await expect(page.getByText('Scelga il luogo.').first()).toBeVisible()
  await fits(page)
  await page.getByRole('radio').first().check({ force: true })
  await forward(page).click()
  await forward(page).click()
  await expect(page.getByText('Scelga un orario.').first()).toBeVisible()
  await fits(page)
})

test('two clicks on "Conferma" make one appointment and one message', async ({ browser }) => {
  const w = await world(browser)
  const page = await handset(browser)
  const email = await toSummary(page, w)
  await page.getByRole('button', { name: 'Conferma' }).dblclick()
  await expect(page.getByRole('heading', { level: 1 })).toContainText(/confermato/i)
  const code = await page.locator('.cmp-code').textContent()
  await page.goBack()
  await page.goForward()
  await expect(page.locator('.cmp-code')).toHaveText(code!)
  await expect.poll(async () => (await mails(email)).length, { timeout: 20_000 }).toBe(1)
})

test('a time that another took is answered with the next free ones', async ({ browser }) => {
  const w = await world(browser)
  const [mine, other] = [await handset(browser), await handset(browser, false)]
  await toTimes(mine, w)
  await toTimes(other, w)
  for (const page of [mine, other]) await page.locator('#orari').getByRole('radio').first().check({ force: true })
  await forward(mine).click()
  await expect(mine).toHaveURL(/dettagli/)
  await forward(other).click()
  await expect(other.getByText('Questo orario è appena stato preso da un\'altra persona').first()).toBeVisible()
  await expect(other.locator('#prossimi').getByRole('radio')).toHaveCount(3)
  await fits(other)
  await other.locator('#prossimi').getByRole('radio').first().check({ force: true })
  await other.getByRole('button', { name: 'Scegli questo orario' }).click()
  await expect(other).toHaveURL(/dettagli/)
})

test('the mail leads to the appointment, its calendar file, another time and its end', async ({ browser }) => {
  const w = await world(browser)
  const mine = await booked(browser, w)
  await expect.poll(async () => (await mails(mine.email)).length, { timeout: 20_000 }).toBe(1)
  const link = /https?:\/\/\S+\/appuntamento\/[\w-]+/.exec((await mails(mine.email))[0]!.text)?.[0]
  expect(link).toBe(mine.page)
  const page = await handset(browser, false)
  await page.goto(link!)
  await fits(page)
  const [file] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name: 'Aggiungi al calendario' }).click()])
  expect(file.suggestedFilename()).toMatch(/\.ics$/)
  const was = await page.locator('.cmp-heading .lead').textContent()

  await page.getByRole('link', { name: 'Sposta appuntamento' }).click()
  await fits(page)
  await page.getByRole('radio').first().check({ force: true })
  await forward(page).click()
  await fits(page)
  await page.locator('#orari').getByRole('radio').nth(2).check({ force: true })
  await forward(page).click()
  await fits(page)
  await page.getByRole('button', { name: 'Sposta appuntamento' }).click()
  await expect(page.getByText('Il codice è rimasto lo stesso')).toBeVisible()
  await expect(page.locator('.cmp-heading .lead')).not.toHaveText(was!)
  expect((await page.locator('.cmp-code').textContent())!.replace(/\D/g, '')).toBe(mine.code)

  await page.getByRole('link', { name: 'Annulla appuntamento' }).click()
  await fits(page)
  await page.getByRole('button', { name: 'Annulla appuntamento' }).click()
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Appuntamento annullato')
  await fits(page)
  await page.reload()
  await expect(page.getByText(mine.code.slice(0, 3))).toHaveCount(0)
  await expect.poll(async () => (await mails(mine.email)).map((m) => m.subject.split(':')[0]).join(), { timeout: 20_000 })
    .toBe('Appuntamento annullato,Appuntamento spostato,Appuntamento confermato')
})
