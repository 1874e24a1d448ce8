// Every screen of both apps is opened, checked for accessibility and for what the content security policy refuses, and
// drawn to test-results/screens to be looked at.
import AxeBuilder from '@axe-core/playwright'
import { type BrowserContext, expect, type Page, test } from '@playwright/test'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Counter } from './counter'

const OUT = process.env['APPS_SCREENS'] ?? join(import.meta.dirname, '../../test-results/screens')
const PICTURE = (): Buffer => readFileSync(join(import.meta.dirname, 'picture.png'))
const SIZES = { landscape: { width: 1920, height: 1080 }, portrait: { width: 1080, height: 1920 } } as const

let counter: Counter
let violations: string[]

test.beforeEach(async ({ context }) => {
  counter = new Counter()
  await counter.start()
  violations = []
  await watch(context)
})
test.afterEach(async () => {
  await counter.stop()
  expect(violations).toEqual([])
})

async function watch(context: BrowserContext): Promise<void> {
  context.on('console', (message) => {
    if (/Content.Security.Policy|Trusted ?Type|Uncaught/i.test(message.text())) violations.push(message.text())
  })
  context.on('weberror', (error) => violations.push(String(error.error())))
}

async function look(page: Page, name: string, rules: string[] = []): Promise<void> {
  await page.waitForTimeout(400)
  await page.screenshot({ path: join(OUT, `${name}.png`) })
  const axe = await new AxeBuilder({ page }).withTags(['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa', ...rules]).options({ rules: { 'color-contrast-enhanced': { enabled: rules.length > 0 } } }).analyze()
  expect(axe.violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.html).join(' | ')}`), name).toEqual([])
  const spill = await page.evaluate(() => {
    const out: string[] = []
    if (document.documentElement.scrollWidth > innerWidth || document.documentElement.scrollHeight > innerHeight) out.push('page scrolls')
    for (const element of document.querySelectorAll('button, h1, .lead, .card, .privacy')) {
      const box = element.getBoundingClientRect()
      const hidden = element.closest('.hidden, .queue, .strip, .lines') !== null || getComputedStyle(element).position === 'absolute'
      if (!hidden && box.width > 0 && (box.left < -1 || box.top < -1 || box.right > innerWidth + 1 || box.bottom > innerHeight + 1)) out.push(`${element.className || element.tagName}: ${element.textContent?.trim().slice(0, 40)}`)
    }
    return out
  })
  expect(spill, `${name}: outside the screen`).toEqual([])
}

const AAA = ['wcag2aaa']

/** Targets of at least 20 mm on a 24 inch screen of 1920 pixels: 72 px; the letters of the keyboard apart. */
async function targets(page: Page): Promise<void> {
  const small = await page.evaluate(() => [...document.querySelectorAll('button')]
    .filter((b) => !b.closest('.keyrow'))
    .map((b) => ({ text: b.textContent?.trim(), h: b.getBoundingClientRect().height, w: b.getBoundingClientRect().width }))
    .filter((b) => b.w > 0 && (b.h < 75.5 || b.w < 75.5)))
  expect(small).toEqual([])
}

for (const [shape, viewport] of Object.entries(SIZES)) {
  test.describe(`kiosk, ${shape}`, () => {
    test.use({ viewport })
    const shot = (page: Page, name: string): Promise<void> => look(page, `kiosk-${shape}-${name}`, AAA)

    test('is enrolled once', async ({ page }) => {
      counter.enrolled = false
      await page.goto(counter.kioskUrl)
      await expect(page.getByRole('heading', { name: 'Attivazione della postazione' })).toBeVisible()
      await page.keyboard.type('87654321')
      await page.keyboard.press('Enter')
      await expect(page.getByRole('alert').filter({ hasText: 'non è valido' })).toBeVisible()
      await shot(page, '00-enrol')
      await page.keyboard.type('12345678')
      await page.keyboard.press('Enter')
      await expect(page.getByRole('button', { name: /Tocchi qui per cominciare/ })).toBeVisible()
    })

    test('takes a code', async ({ page }) => {
      await page.goto(counter.kioskUrl)
      await page.getByRole('button', { name: /Tocchi qui/ }).waitFor()
      await shot(page, '01-start')
      await page.getByRole('button', { name: /Tocchi qui/ }).click()
      for (const digit of '4827') await page.getByRole('button', { name: digit, exact: true }).click()
      await shot(page, '02-code')
      await targets(page)
      await page.keyboard.type('193506')
      await shot(page, '03-code-complete')
      await page.getByRole('button', { name: 'Ho il codice QR' }).click()
      await shot(page, '04-scan')
      await page.getByRole('button', { name: 'Digito le cifre' }).click()
      await page.getByRole('button', { name: 'Non ho il codice' }).click()
      await shot(page, '05-help')
      await page.getByRole('button', { name: 'Torno al codice' }).click()
      await page.keyboard.type('4827193506')
      await page.keyboard.press('Enter')
      await expect(page.getByRole('heading', { name: 'La chiamiamo tra poco' })).toBeVisible()
      expect(counter.requests.find((r) => r.path.endsWith('/sessions'))?.body).toMatchObject({ code: '4827193506' })
      await expect.poll(() => page.evaluate(() => document.querySelector('video')?.videoWidth ?? 0)).toBeGreaterThan(0)
      await shot(page, '06-waiting')
      await targets(page)
      await page.getByRole('button', { name: 'Leggo l’informativa' }).click()
      await shot(page, '07-privacy')
    })

    const refusals = {
      retry: { code: 'kiosk.code_unknown', detail: 'Non troviamo questo codice. Lo controlli nel messaggio di conferma e lo digiti di nuovo.' },
      wait: { code: 'kiosk.code_early', detail: 'Il Suo appuntamento è alle 10:30. Può entrare dalle 10:15.' },
      rebook: { code: 'kiosk.code_late', detail: 'Il Suo appuntamento era alle 9:00 ed è scaduto da più di 10 minuti.', url: 'http://isernia.localhost:8080/prenota' },
      go_to_place: { code: 'kiosk.code_wrong_place', detail: 'Questo appuntamento è alla postazione di Castelromano, via Roma 12.' },
      ask_help: { code: 'kiosk.too_many_tries', detail: 'Troppi tentativi sbagliati. Aspetti 15 minuti, oppure chiami l’ente.' },
    }
    for (const [action, { code, detail, ...more }] of Object.entries(refusals)) {
      test(`shows the way on after a refusal: ${action}`, async ({ page }) => {
        counter.refusal = { status: 409, body: { status: 409, code, detail, instance: 'R-4821', data: { action, ...more } } }
        await page.goto(counter.kioskUrl)
        await page.getByRole('button', { name: /Tocchi qui/ }).click()
        await page.keyboard.type('4827193506')
        await page.keyboard.press('Enter')
        await expect(page.getByRole('alert').filter({ hasText: detail })).toBeVisible()
        await shot(page, `08-refusal-${action}`)
        await targets(page)
      })
    }

    test('goes through a session, step by step', async ({ page }) => {
      counter.open('waiting')
      await page.goto(counter.kioskUrl)
      counter.change({ state: 'called', operator_name: 'Anna Verdi' })
      await expect(page.getByRole('heading', { name: 'La sta chiamando Anna Verdi' })).toBeVisible()
      await shot(page, '10-ringing')
      counter.change({ state: 'held' })
      await expect(page.getByRole('heading', { name: 'L’operatore torna subito' })).toBeVisible()
      await shot(page, '11-held')
      counter.change({ state: 'dropped' })
      await expect(page.getByRole('heading', { name: 'Il collegamento è caduto' })).toBeVisible()
      await shot(page, '12-dropped')
      await page.getByRole('button', { name: 'Termina e cancella tutto' }).click()
      await shot(page, '13-leave')
      await page.getByRole('button', { name: 'No, resto qui' }).click()
      counter.end('resolved', '')
      await expect(page.getByText('Tutto è stato cancellato', { exact: true })).toBeVisible()
      await shot(page, '14-end')
      await page.getByRole('button', { name: 'Torna all’inizio' }).click()
      await expect(page.getByRole('button', { name: /Tocchi qui/ })).toBeVisible()
    })

    test('says that the line is down, keeps the digits, and comes back by itself', async ({ page }) => {
      await page.goto(counter.kioskUrl)
      await page.getByRole('button', { name: /Tocchi qui/ }).click()
      await page.keyboard.type('482719')
      await counter.stop()
      await expect(page.getByRole('heading', { name: 'Il collegamento è caduto' })).toBeVisible()
      await expect(page.getByText('Le cifre che ha digitato sono al sicuro.')).toBeVisible()
      await shot(page, '15-offline')
      await counter.start()
      await expect(page.getByRole('img', { name: 'Cifre digitate: 4 8 2 7 1 9' })).toBeVisible({ timeout: 20_000 })
    })

    test('asks whether anybody is there, then forgets', async ({ page }) => {
      await page.clock.install()
      await page.goto(counter.kioskUrl)
      await page.getByRole('button', { name: /Tocchi qui/ }).click()
      await page.keyboard.type('482719')
      for (let i = 0; i < 5; i += 1) {
        // In pieces shorter than the silence after which the line would count as dead.
        await page.clock.fastForward(9_300)
        counter.tell()
        await page.waitForTimeout(100)
      }
      await expect(page.getByRole('heading', { name: 'È ancora qui?' })).toBeVisible()
      await page.clock.runFor(400)
      await page.screenshot({ path: join(OUT, `kiosk-${shape}-16-idle.png`) })
      await page.clock.fastForward(15_000)
      await expect(page.getByRole('button', { name: /Tocchi qui/ })).toBeVisible()
      expect(await page.content()).not.toContain('4 8 2 7')
    })
  })
}

test.describe('desk', () => {
  test.use({ viewport: { width: 1366, height: 768 } })
  const others = (): Record<string, unknown>[] => ['Luigi Bianchi', 'Carmela Di Iorio', 'Nicola Santoro'].map((citizen, i) => ({ id: `w${i}`, service: i === 1 ? 'Cambio di residenza' : 'Tassa sui rifiuti', kiosk: 'Castelromano', citizen, since: new Date(Date.now() - (i + 2) * 95_000).toISOString(), appointment_at: null }))

  test('rests, rings, and shows its windows', async ({ page }) => {
    await page.goto(counter.deskUrl)
    await expect(page.getByText('Pronto per il prossimo')).toBeVisible()
    await look(page, 'desk-01-idle')
    counter.waiting = others()
    counter.open('waiting')
    await expect(page.getByText('4 persone in attesa')).toBeVisible()
    await expect(page).toHaveTitle('(4) Operatore')
    await look(page, 'desk-02-waiting')
    await page.keyboard.press('?')
    await look(page, 'desk-03-keys')
    await page.keyboard.press('Escape')
    await page.keyboard.press('g')
    await expect(page.getByRole('cell', { name: 'Carmela Di Iorio' })).toBeVisible()
    await look(page, 'desk-04-day')
    await page.keyboard.press('Escape')
    await page.keyboard.press('d')
    await look(page, 'desk-05-devices')
  })

  test('works a session by keyboard alone, and says what goes wrong', async ({ page }) => {
    counter.waiting = others()
    counter.open('waiting')
    await page.goto(counter.deskUrl)
    await expect(page.getByText('4 persone in attesa')).toBeVisible()
    await page.keyboard.press('n')
    await expect(page.getByText('Maria Rossi').first()).toBeVisible()
    counter.change({ state: 'connected', connected_at: new Date().toISOString() })
    await page.keyboard.press('c')
    await page.keyboard.type('Buongiorno, mi mostra la carta?')
    await page.keyboard.press('Enter')
    await expect(page.getByRole('list', { name: 'Messaggi' })).toContainText('mi mostra la carta')
    counter.say('kiosk', 'Un momento')
    counter.addPaper('kiosk_capture', 'carta.png', 'image/png', PICTURE())
    await page.keyboard.press('Escape')
    await page.keyboard.press('p')
    await page.keyboard.type('Manca la fototessera.')
    await page.keyboard.press('Escape')
    await page.keyboard.press('e')
    await page.keyboard.press('ArrowDown')
    await look(page, 'desk-10-session')
    await page.reload()
    await expect(page.getByLabel('Appunti')).toHaveValue('Manca la fototessera.')
    await expect(page.getByRole('radio', { name: 'Da completare' })).toBeChecked()
    counter.change({ state: 'held' })
    await look(page, 'desk-11-held')
    counter.change({ state: 'dropped' })
    await look(page, 'desk-12-dropped')
    await page.getByRole('button', { name: 'carta.png' }).click()
    await look(page, 'desk-13-paper')
    await page.keyboard.press('Escape')
    counter.change({ state: 'called' })
    await page.keyboard.press('a')
    await look(page, 'desk-14-no-show')
    await page.keyboard.press('Escape')
    counter.change({ state: 'connected' })
    await page.locator('#file').setInputFiles({ name: 'pagina.html', mimeType: 'text/html', buffer: Buffer.from('x') })
    await expect(page.getByText('Si possono inviare solo PDF, JPEG e PNG.')).toBeVisible()
    await look(page, 'desk-15-toast')
    await page.getByRole('button', { name: 'Chiudi l’avviso' }).click()
    await page.keyboard.press('p')
    await page.keyboard.press('Control+Enter')
    await expect(page.getByText('Colloquio concluso')).toBeVisible()
    expect(counter.requests.find((r) => r.path.endsWith('/close'))?.body).toEqual({ outcome: 'to_complete', note: 'Manca la fototessera.' })
    await look(page, 'desk-16-breath')
    counter.signedIn = false
    await counter.stop()
    await counter.start()
    await expect(page.getByRole('link', { name: 'Accedi di nuovo' })).toHaveAttribute('href', '/accedi?ritorno=/operatore')
    await look(page, 'desk-17-expired')
  })
})
