// What can happen to a call: each side leaves and returns, each service dies, two want the same.
import { expect, test, type Page } from '@playwright/test'
import { enterCode, kioskURL, shot, type } from './people.ts'
import { axe, booked, deskOf, downUntil, forgetLimits, inCall, killed, kioskOf, leave, office, post, talking, world } from './world.ts'

test.afterEach(({ browser }) => leave(browser))

/** Opens the page again with an ear on every connection it makes. */
async function listened(page: Page): Promise<Page> {
  await page.addInitScript(() => {
    const made: RTCPeerConnection[] = []
    Object.assign(globalThis, { made })
    globalThis.RTCPeerConnection = new Proxy(RTCPeerConnection, {
      construct: (Made, given) => {
        const connection = new Made(...(given as [RTCConfiguration?]))
        made.push(connection)
        return connection
      },
    })
  })
  await page.reload()
  return page
}

/** Pictures that a {@link listened} page got, and bytes it sent. */
function media(page: Page): Promise<{ frames: number; sent: number; connected: boolean }> {
  return page.evaluate(async () => {
    const { made } = globalThis as unknown as { made: RTCPeerConnection[] }
    let [frames, sent] = [0, 0]
    for (const connection of made) {
      for (const [, of] of (await connection.getStats()) as unknown as Map<string, Record<string, string | number>>) {
        if (of['type'] === 'inbound-rtp') frames += Number(of['framesReceived'] ?? 0)
        if (of['type'] === 'outbound-rtp') sent += Number(of['bytesSent'])
      }
    }
    return { frames, sent, connected: made.some((connection) => connection.connectionState === 'connected') }
  })
}

const tellsKiosk = (kiosk: Page) => kiosk.getByRole('main').getByText('Resti seduto, La richiamiamo')
const tellsDesk = (desk: Page) => desk.getByRole('main').getByText('Collegamento caduto: riprovo')

test('both stand by in the room, and nobody gets the other before the operator calls', async ({ browser }) => {
  const w = await world(browser)
  const { code } = await booked(browser, w)
  const desk = await listened(await deskOf(browser, w.at, w.operators[0]!))
  const kiosk = await listened(await kioskOf(browser, w.at, w.kiosks[0]!))
  await enterCode(kiosk, code)
  // Both are connected, and a while passes.
  for (const page of [kiosk, desk]) await expect.poll(async () => (await media(page)).connected, { timeout: 20_000 }).toBe(true)
  await kiosk.waitForTimeout(3_000)
  expect(await media(kiosk)).toMatchObject({ frames: 0, sent: 0 })
  expect(await media(desk)).toMatchObject({ frames: 0 })
  await desk.keyboard.press('n')
  await talking(kiosk, desk)
  for (const page of [kiosk, desk]) expect((await media(page)).frames).toBeGreaterThan(0)
})

test('the kiosk goes away in the call and comes back into it', async ({ browser }) => {
  const w = await world(browser)
  const { kiosk, desk } = await inCall(browser, w)
  await axe(kiosk)
  await axe(desk)
  const context = kiosk.context()
  await kiosk.close()
  await expect(tellsDesk(desk)).toBeVisible({ timeout: 10_000 })
  const again = await context.newPage()
  await again.goto(kioskURL)
  await talking(again, desk)
  await again.reload()
  await talking(again, desk)
})

test('the desk goes away in the call and comes back into it', async ({ browser }) => {
  const w = await world(browser)
  const { kiosk, desk } = await inCall(browser, w)
  await desk.getByLabel('Appunti').fill('Scritto prima di ricaricare')
  await desk.reload()
  await talking(kiosk, desk)
  await expect(desk.getByLabel('Appunti')).toHaveValue('Scritto prima di ricaricare')
  const context = desk.context()
  await desk.close()
  await expect(tellsKiosk(kiosk)).toBeVisible({ timeout: 10_000 })
  await axe(kiosk)
  const again = await context.newPage()
  await again.goto(`${w.at.url}/operatore`)
  await talking(kiosk, again)
})

test('LiveKit dies in the call: both are told, and both see each other again', async ({ browser }) => {
  const w = await world(browser)
  const { kiosk, desk } = await inCall(browser, w)
  await downUntil('livekit', Promise.all([
    expect(tellsKiosk(kiosk)).toBeVisible({ timeout: 20_000 }),
    expect(tellsDesk(desk)).toBeVisible({ timeout: 20_000 }),
  ]))
  await talking(kiosk, desk)
})

test('Redis forgets everything and dies in the call: nothing is lost', async ({ browser }) => {
  const w = await world(browser)
  const { kiosk, desk } = await inCall(browser, w)
  await forgetLimits()
  await say(desk, 'Dopo lo svuotamento')
  await expect(kiosk.getByRole('main').getByText('Dopo lo svuotamento')).toBeVisible()
  await killed('redis', 'SIGKILL')
  await say(desk, 'Dopo la caduta')
  await expect(kiosk.getByRole('main').getByText('Dopo la caduta')).toBeVisible()
  await kiosk.getByRole('button', { name: 'Rispondi per iscritto' }).click()
  await axe(kiosk)
  await kiosk.getByRole('button', { name: 'Un momento' }).click()
  await expect(desk.getByRole('list', { name: 'Messaggi' })).toContainText('Un momento')
  await talking(kiosk, desk)
  await desk.reload()
  await talking(kiosk, desk)
})

test('PostgreSQL restarts in the call: the call goes on and the work after it', async ({ browser }) => {
  const w = await world(browser)
  const { kiosk, desk } = await inCall(browser, w)
  await killed('postgres', 'SIGINT')
  await talking(kiosk, desk)
  await expect(async () => {
    await say(desk, 'Di nuovo qui')
    await expect(kiosk.getByRole('main').getByText('Di nuovo qui').first()).toBeVisible({ timeout: 3_000 })
  }).toPass({ timeout: 40_000 })
  await end(desk)
  await expect(kiosk.getByRole('main').getByText('Tutto è stato cancellato')).toBeVisible()
})

test('two kiosks type one code at once: one gets in, the other is told where to go', async ({ browser }) => {
  const w = await world(browser, { kiosks: 2 })
  const { code } = await booked(browser, w)
  const kiosks = [await kioskOf(browser, w.at, w.kiosks[0]!), await kioskOf(browser, w.at, w.kiosks[1]!)]
  for (const kiosk of kiosks) {
    await kiosk.getByRole('button', { name: /Tocchi qui/ }).click()
    await type(kiosk, code)
  }
  // The keypad is pressed twice at the right place too: the same code in the same moment, with two different requests.
  const twice = kiosks[0]!.evaluate(async (code) => {
    const send = (n: number) => fetch('/api/kiosk/sessions', {
      method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ code, request_id: `${crypto.randomUUID().slice(0, -1)}${n}` }),
    }).then(async (res) => (await res.json()) as { session?: { id: string }; code?: string })
    return await Promise.all([send(1), send(2)])
  }, code)
  await kiosks[1]!.getByRole('button', { name: 'Continua' }).click()
  const ids = (await twice).map((answer) => answer.session?.id).filter(Boolean)
  expect(new Set(ids).size, JSON.stringify(await twice)).toBe(1)
  await expect(kiosks[0]!.getByRole('main').getByText('La chiamiamo tra poco')).toBeVisible()
  await expect(kiosks[1]!.getByRole('main').getByText('è in un altro luogo').or(kiosks[1]!.getByRole('main').getByText('è già stato usato'))).toBeVisible()
  const desk = await deskOf(browser, w.at, w.operators[0]!)
  await expect(desk.getByText('Una persona in attesa')).toBeVisible()
})

test('two operators call one citizen at once: one gets them, the other sees nobody waiting', async ({ browser }) => {
  const w = await world(browser, { operators: 2 })
  const { code } = await booked(browser, w)
  const desks = [await deskOf(browser, w.at, w.operators[0]!), await deskOf(browser, w.at, w.operators[1]!)]
  const kiosk = await kioskOf(browser, w.at, w.kiosks[0]!)
  await enterCode(kiosk, code)
  for (const desk of desks) await expect(desk.getByText('Una persona in attesa')).toBeVisible()
  await Promise.all(desks.map((desk) => desk.keyboard.press('n')))
  for (const desk of desks) await expect(desk.getByText('Nessuno in attesa', { exact: true })).toBeVisible()
  const has = () => Promise.all(desks.map((desk) => desk.getByRole('heading', { name: 'Nonna Prova' }).count()))
  await expect.poll(async () => (await has()).join('')).toMatch(/^(10|01)$/)
  const [winner, loser] = (await has())[0] === 1 ? desks : desks.toReversed()
  await expect(loser!.getByText('In questo momento non c\'è nessuno in attesa.')).toBeVisible()
  await expect(loser!.getByText('Pronto per il prossimo')).toBeVisible()
  await talking(kiosk, winner!)
})

test('an operator holds, mutes, sends a document, looks at keys, devices and the day, and closes', async ({ browser }) => {
  const w = await world(browser)
  const { kiosk, desk } = await inCall(browser, w)
  await desk.keyboard.press('h')
  await expect(kiosk.getByRole('main').getByText('L’operatore torna subito')).toBeVisible()
  await expect(desk.getByText('In attesa: la persona non La vede e non La sente')).toBeVisible()
  await axe(kiosk)
  await axe(desk)
  await expect(desk.getByRole('button', { name: /Riprendi/ })).toBeEnabled()
  await desk.keyboard.press('h')
  await talking(kiosk, desk)

  await desk.keyboard.press('u')
  await expect(desk.getByLabel('Riconoscimento')).toBeFocused()
  await desk.getByLabel('Riconoscimento').selectOption('Con la carta d’identità')
  await expect(desk.getByLabel('Riconoscimento').locator('option:checked')).toHaveText(/^Con la carta d’identità, \d\d:\d\d, Operatore .* A$/)
  await desk.keyboard.press('Escape')
  await desk.keyboard.press('x')
  await desk.getByLabel('Testi pronti').selectOption('Mi mostri il documento davanti alla telecamera, per favore.')
  await expect(desk.getByLabel('Scriva alla persona')).toBeFocused()
  await desk.keyboard.press('Enter')
  await expect(kiosk.getByRole('main').getByText('Mi mostri il documento davanti alla telecamera')).toBeVisible()
  await axe(desk)
  await shot(desk, 'desk-recognised')
  await desk.keyboard.press('Escape')

  await desk.keyboard.press('m')
  await expect(desk.getByRole('button', { name: /Microfono spento/ })).toBeVisible()
  await desk.keyboard.press('m')
  await desk.keyboard.press('v')
  await expect(kiosk.getByRole('main').getByText('L’operatore ha spento la telecamera')).toBeVisible()
  await desk.keyboard.press('v')
  await talking(kiosk, desk)

  for (const [key, title] of [['?', 'I tasti'], ['d', 'Telecamera e microfono'], ['g', /Appuntamenti di/]] as const) {
    await desk.keyboard.press(key)
    await expect(desk.getByRole('dialog')).toContainText(title)
    if (key === 'g') await expect(desk.getByRole('row', { name: /Nonna Prova.*presentato/ })).toBeVisible()
    await axe(desk)
    await desk.keyboard.press('Escape')
    await expect(desk.getByRole('dialog')).toHaveCount(0)
  }

  const text = Buffer.from('Non sono un documento.')
  await desk.locator('#file').setInputFiles({ name: 'modulo.png', mimeType: 'image/png', buffer: Buffer.from(png, 'base64') })
  await expect(desk.getByText('inviato da Lei')).toBeVisible()
  await expect(kiosk.getByRole('heading', { name: 'Documento dell’operatore' })).toBeVisible()
  await expect.poll(() => kiosk.locator('.paper img').evaluate((i) => (i as HTMLImageElement).naturalWidth)).toBeGreaterThan(0)
  await axe(kiosk)
  await kiosk.getByRole('button', { name: 'Torna al colloquio' }).click()
  await desk.locator('#file').setInputFiles({ name: 'foglio.txt', mimeType: 'text/plain', buffer: text })
  await expect(desk.getByText('Si possono inviare solo PDF, JPEG e PNG.')).toBeVisible()
  await desk.locator('#file').setInputFiles({ name: 'finto.png', mimeType: 'image/png', buffer: text })
  await expect(desk.locator('.toast')).toHaveCount(2)
  await expect(desk.getByRole('list').getByText('finto.png')).toHaveCount(0)
  await axe(desk)
  await end(desk)
  await expect(kiosk.getByRole('main').getByText('Tutto è stato cancellato')).toBeVisible()
  await expect(desk.getByText('Colloquio concluso')).toBeVisible()
  await axe(desk)
  await desk.getByRole('button', { name: 'Sono pronto' }).click()
  await expect(desk.getByText('Pronto per il prossimo')).toBeVisible()
})

test('a person who does not answer is called again, and marked as not there', async ({ browser }) => {
  const w = await world(browser)
  const { code } = await booked(browser, w)
  const desk = await deskOf(browser, w.at, w.operators[0]!)
  const kiosk = await kioskOf(browser, w.at, w.kiosks[0]!)
  await enterCode(kiosk, code)
  await expect(desk.getByText('Una persona in attesa')).toBeVisible()
  const context = kiosk.context()
  await kiosk.close()
  await desk.keyboard.press('n')
  await expect(desk.getByRole('heading', { name: 'Nonna Prova' })).toBeVisible()
  await desk.keyboard.press('r')
  await axe(desk)
  await desk.keyboard.press('a')
  await axe(desk)
  await desk.getByRole('button', { name: 'Segna assente' }).click()
  await expect(desk.getByText('Colloquio concluso')).toBeVisible()
  const again = await context.newPage()
  await again.goto(kioskURL)
  await expect(again.getByRole('button', { name: /Tocchi qui/ })).toBeVisible()
})

test('an operator who is disabled in the call is cut off, and the citizen waits for another', async ({ browser }) => {
  const w = await world(browser, { operators: 2 })
  const { kiosk, desk } = await inCall(browser, w)
  const admin = await office(browser, w.at)
  await admin.goto(`${w.at.url}/amministrazione/personale`)
  const card = await admin.getByRole('row', { name: new RegExp(w.operators[0]!.email) }).getByRole('link').getAttribute('href')
  await post(admin, `${card}/disabilita`, {})
  await expect(desk.getByText('La sessione di lavoro è scaduta')).toBeVisible({ timeout: 10_000 })
  await axe(desk)
  await expect(kiosk.getByRole('main').getByText('La chiamiamo tra poco')).toBeVisible({ timeout: 10_000 })
  const other = await deskOf(browser, w.at, w.operators[1]!)
  await expect(other.getByText('Una persona in attesa')).toBeVisible()
  await other.keyboard.press('n')
  await talking(kiosk, other)
})

test('a citizen who ends the call leaves nothing behind, and the code is used', async ({ browser }) => {
  const w = await world(browser)
  const { kiosk, desk, code } = await inCall(browser, w)
  await say(desk, 'Messaggio del canarino')
  await expect(kiosk.getByRole('main').getByText('Messaggio del canarino')).toBeVisible()
  await kiosk.getByRole('button', { name: 'Termina e cancella tutto' }).click()
  await kiosk.getByRole('button', { name: 'Sì, termina e cancella tutto' }).click()
  await expect(kiosk.getByRole('main').getByText('Tutto è stato cancellato')).toBeVisible()
  await expect(desk.getByText('ha terminato il colloquio dalla postazione')).toBeVisible()
  const rest = await kiosk.evaluate(() => [document.documentElement.outerHTML, JSON.stringify({ ...localStorage, ...sessionStorage }), document.cookie].join())
  for (const trace of ['canarino', code, 'Nonna', 'blob:']) expect(rest).not.toContain(trace)
  await kiosk.getByRole('button', { name: 'Torna all’inizio' }).click()
  await enterCode(kiosk, code)
  await expect(kiosk.getByRole('main').getByText('Questo codice è già stato usato')).toBeVisible()
  await axe(kiosk)
  await kiosk.getByRole('button', { name: 'Mi serve aiuto' }).click()
  await expect(kiosk.getByText('0865 4491')).toBeVisible()
  // What stays is the page itself, for when there is no network.
  const kept = await kiosk.evaluate(async () => {
    const lists = await Promise.all((await caches.keys()).map(async (name) => (await (await caches.open(name)).keys()).map((r) => new URL(r.url).pathname)))
    return [...lists.flat(), ...(await indexedDB.databases()).map((one) => one.name)]
  })
  expect(kept.filter((path) => path !== '/' && !path?.startsWith('/assets/'))).toEqual([])
})

const png = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=='

async function say(desk: Page, text: string): Promise<void> {
  await desk.getByLabel('Scriva alla persona').fill(text)
  await desk.getByRole('button', { name: 'Invia', exact: true }).click()
}

async function end(desk: Page): Promise<void> {
  await desk.getByLabel('Risolto', { exact: true }).check({ force: true })
  await desk.getByRole('button', { name: 'Concludi il colloquio' }).click()
}

test('a person is set aside and taken back, then passed to a colleague with the reason', async ({ browser }) => {
  const w = await world(browser, { operators: 2 })
  const { kiosk, desk } = await inCall(browser, w)
  const colleague = await deskOf(browser, w.at, w.operators[1]!)

  await desk.keyboard.press('k')
  await expect(kiosk.getByRole('heading', { name: 'L’operatore torna da Lei' })).toBeVisible()
  await expect(desk.getByText('Messa da parte: la richiami quando vuole')).toBeVisible()
  await expect(desk.getByRole('button', { name: /Avanti il prossimo/ })).toBeDisabled()
  await expect(colleague.getByText(/^Messa da parte da/)).toBeVisible()
  await axe(kiosk)
  await axe(desk)
  await shot(desk, 'desk-parked')
  await shot(kiosk, 'kiosk-parked')
  await desk.getByRole('button', { name: /^Chiama / }).click()
  await talking(kiosk, desk)

  await expect(desk.getByRole('button', { name: /Passa ad altri/ })).toBeEnabled()
  await desk.keyboard.press('t')
  const send = desk.getByRole('button', { name: 'Passa la persona' })
  await expect(send).toBeDisabled()
  await desk.getByRole('radio', { name: /B libero/ }).check()
  await desk.getByLabel('Motivo').fill('Conosce la pratica')
  await axe(desk)
  await shot(desk, 'desk-pass')
  await send.click()
  await expect(desk.getByText('Pronto per il prossimo')).toBeVisible()
  await expect(desk.getByRole('button', { name: /Avanti il prossimo/ })).toBeDisabled()
  await expect(colleague.getByText('Aspetta Lei')).toBeVisible()
  await expect(colleague.getByText(/Passata da .*: Conosce la pratica/)).toBeVisible()
  await colleague.keyboard.press('n')
  await talking(kiosk, colleague)
  await expect(colleague.getByRole('region', { name: 'Dati della pratica' }).getByText(/Conosce la pratica/)).toBeVisible()
  await shot(colleague, 'desk-passed')
})

test('somebody is called before their turn only with a reason', async ({ browser }) => {
  const w = await world(browser, { kiosks: 2 })
  const [one, two] = [await booked(browser, w), await booked(browser, w, { kiosk: 1, surname: 'Verdi' })]
  const first = await kioskOf(browser, w.at, w.kiosks[0]!)
  await enterCode(first, one.code)
  await expect(first.getByRole('main').getByText('La chiamiamo tra poco')).toBeVisible()
  const second = await kioskOf(browser, w.at, w.kiosks[1]!)
  await enterCode(second, two.code)
  await expect(second.getByRole('main').getByText('La chiamiamo tra poco')).toBeVisible()
  const desk = await deskOf(browser, w.at, w.operators[0]!)
  await desk.getByRole('button', { name: 'Chiama Nonna Verdi' }).click()
  const call = desk.getByRole('button', { name: 'Chiama questa persona' })
  await expect(call).toBeDisabled()
  await axe(desk)
  await desk.getByLabel('Motivo').fill('Non sta bene')
  await shot(desk, 'desk-chosen')
  await call.click()
  await talking(second, desk)
  await expect(first.getByRole('main').getByText('La chiamiamo tra poco')).toBeVisible()
})
