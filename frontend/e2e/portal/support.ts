import { readFileSync } from 'node:fs'
import AxeBuilder from '@axe-core/playwright'
import { expect, type Page } from '@playwright/test'
import type { Demo, Entity } from '../support/demo.ts'
import { totp } from '../support/totp.ts'

export const sizes = [
  { width: 360, height: 740 },
  { width: 1280, height: 800 },
]

/** The demo that runs for these journeys. */
export function demo(): Demo {
  return JSON.parse(readFileSync(process.env['SPORTELLO_DEMO'] ?? '', 'utf8')) as Demo
}

export function entity(key: string): Entity {
  const found = demo().entities.find((e) => e.key === key)
  if (!found) throw new Error(`no entity ${key}`)
  return found
}

/** What a page did that no page may do: refused content, errors of scripts, requests to others. */
export function watch(page: Page): string[] {
  const seen: string[] = []
  page.on('console', (message) => {
    if (message.type() === 'error') seen.push(message.text())
  })
  page.on('pageerror', (error) => seen.push(error.message))
  page.on('request', (request) => {
    const { hostname, protocol } = new URL(request.url())
    if (protocol !== 'data:' && !hostname.endsWith('localhost')) seen.push(`request to ${hostname}`)
  })
  return seen
}

/** Holds the page to what all pages keep: axe finds nothing, nothing is wider than the screen. */
export async function good(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).analyze()
  const found = violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.html.slice(0, 120)).join(' | ')}`)
  expect.soft(found, page.url()).toEqual([])
  const over = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)
  expect.soft(over, `${page.url()} is wider than the screen`).toBe(0)
}

/** Signs a member of staff in and waits for the page behind. */
export async function signIn(page: Page, base: string, who: { email: string; password: string; totp_secret: string }, path: string): Promise<void> {
  await page.goto(base + path)
  for (let attempt = 0; ; attempt++) {
    await page.locator('input[type=email]').fill(who.email)
    await page.locator('input[type=password]').fill(who.password)
    await page.locator('input[autocomplete=one-time-code]').fill(totp(who.totp_secret))
    await page.locator('main button[type=submit]').click()
    if (new URL(page.url()).pathname !== '/accedi' || attempt > 0) return
    // A code is worth one sign-in: another test may have used this half-minute's.
    await page.waitForTimeout(30_000 - (Date.now() % 30_000) + 500)
  }
}
