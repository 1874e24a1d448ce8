import { expect, test, type Page } from '@playwright/test'
import { demo, entity, good, signIn, sizes, watch } from './support.ts'

/** Follows the links of a host from a page on, as far as they are different pages, and holds each to the rules. */
async function crawl(page: Page, base: string, from: string, skip: RegExp, most: number): Promise<string[]> {
  const todo = [from]
  const shapes = new Map<string, number>()
  const visited: string[] = []
  for (let path = todo.shift(); path !== undefined && visited.length < most; path = todo.shift()) {
    const answer = await page.goto(base + path)
    expect(answer?.status(), path).toBe(200)
    visited.push(path)
    await good(page)
    const links = await page.locator('a[href]').evaluateAll((all) => all.map((a) => (a as HTMLAnchorElement).href))
    for (const link of links) {
      const url = new URL(link)
      if (url.origin !== base || skip.test(url.pathname) || url.searchParams.has('lang')) continue // a chosen language leaves a cookie
      const next = url.pathname + (url.pathname === '/servizi' ? '' : url.search)
      // One of each kind is enough: one service, one office, one category.
      const shape = next.replace(/[?].*/, '?').replace(/\/(?!categoria|uffici|nuovo)[^/]+$/, '/:x')
      const known = shapes.get(shape) ?? 0
      const deep = next.split('/').length > 2
      if (visited.includes(next) || todo.includes(next) || (deep && known >= 1)) continue
      shapes.set(shape, known + 1)
      todo.push(next)
    }
  }
  return visited
}

for (const size of sizes) {
  test(`every page that the site leads to is accessible and keeps to itself, ${size.width} px`, async ({ browser }) => {
    test.setTimeout(300_000)
    const context = await browser.newContext({ viewport: size })
    const page = await context.newPage()
    const seen = watch(page)
    const base = entity('isernia').url
    const paths = await crawl(page, base, '/', /^\/(operatore|amministrazione$|amministrazione\/|accedi)/, 30)
    expect(paths.length).toBeGreaterThan(18)
    expect(seen).toEqual([])
    expect(await context.cookies()).toEqual([])
    await context.close()
  })

  test(`the back office is accessible, ${size.width} px`, async ({ browser }) => {
    test.setTimeout(300_000)
    const context = await browser.newContext({ viewport: size })
    const page = await context.newPage()
    const seen = watch(page)
    const isernia = entity('isernia')
    const admin = isernia.staff.find((s) => s.role === 'administrator')!
    await page.goto(isernia.url + '/accedi')
    await good(page)
    await signIn(page, isernia.url, admin, '/amministrazione')
    const paths = await crawl(page, isernia.url, '/amministrazione', /^\/(?!amministrazione(\/|$))/, 15)
    expect(paths.length).toBeGreaterThan(7)
    expect(seen).toEqual([])
    await context.close()
  })

  test(`the page where one chooses an entity, ${size.width} px`, async ({ browser }) => {
    const context = await browser.newContext({ viewport: size })
    const page = await context.newPage()
    await page.goto(demo().base_url + '/?q=isernia')
    await good(page)
    await page.getByRole('link', { name: 'Comune di Isernia' }).click()
    await expect(page.locator('h1')).toHaveText('Comune di Isernia')
    await context.close()
  })
}

test('the first view of a service page is under 100 kB on the wire, and nothing jumps', async ({ browser }) => {
  const page = await browser.newPage({ viewport: sizes[0]! })
  await page.goto(entity('isernia').url + '/servizi')
  const path = await page.locator('[data-element=service-link]').first().getAttribute('href')
  await page.close()

  const context = await browser.newContext({ viewport: sizes[0]! })
  const fresh = await context.newPage()
  const line = await context.newCDPSession(fresh)
  await line.send('Network.enable')
  let bytes = 0
  line.on('Network.loadingFinished', (event) => (bytes += event.encodedDataLength))
  await fresh.addInitScript(() => {
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) {
        const total = Number(document.documentElement.dataset['shift'] ?? 0) + (entry as unknown as { value: number }).value
        document.documentElement.dataset['shift'] = String(total)
      }
    }).observe({ type: 'layout-shift', buffered: true })
  })
  await fresh.goto(entity('isernia').url + path)
  await fresh.waitForLoadState('networkidle')
  expect(bytes).toBeLessThan(100_000)
  expect(bytes).toBeGreaterThan(30_000)
  expect(Number(await fresh.evaluate(() => document.documentElement.dataset['shift'] ?? 0))).toBeLessThan(0.02)
  console.log(`first view of ${path}: ${bytes} bytes on the wire`)
  await context.close()
})

for (const javaScriptEnabled of [false, true]) {
  test(`the menu opens and a rating is sent ${javaScriptEnabled ? 'with' : 'without'} JavaScript`, async ({ browser }) => {
    const context = await browser.newContext({ viewport: sizes[0]!, javaScriptEnabled })
    const page = await context.newPage()
    await page.goto(entity('caltanissetta').url + '/privacy')
    await expect(page.locator('[data-element=news]')).toBeHidden()
    await page.locator('[data-menu]').click()
    await expect(page.locator('[data-element=news]')).toBeVisible()
    await page.locator('[data-element=feedback-rate-4]').click()
    await expect(page.locator('[data-element=feedback-rating-positive]')).toBeVisible()
    await expect(page.locator('[data-element=feedback-rating-negative]')).toBeHidden()
    await page.locator('[data-element=feedback-rate-2]').click()
    await expect(page.locator('[data-element=feedback-rating-positive]')).toBeHidden()
    await page.getByText('Ho avuto problemi tecnici', { exact: true }).click()
    await page.locator('[data-element=feedback-input-text]').fill('"><script>alert(1)</script>')
    await page.locator('[data-element=feedback] button').click()
    await expect(page.getByText('Grazie, il tuo parere ci aiuterà a migliorare il servizio!')).toBeVisible()
    await context.close()
  })
}
