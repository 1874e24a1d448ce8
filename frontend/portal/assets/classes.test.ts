import { readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'

const portal = resolve(import.meta.dirname, '..')
const sheet = readFileSync(resolve(portal, '../node_modules/bootstrap-italia/dist/css/bootstrap-italia.min.css'), 'utf8')
const official = new Set([...sheet.matchAll(/\.(-?[_a-zA-Z][\w-]*)/g)].map((match) => match[1]))

function classes(path: string): string[] {
  const html = readFileSync(path, 'utf8').replace(/\{\{[^}]*\}\}/g, ' ')
  return [...html.matchAll(/class="([^"]*)"/g)].flatMap((match) => (match[1] ?? '').split(/\s+/)).filter(Boolean)
}

const shared = ['layouts/portal.html', 'layouts/parts.html', 'components/page.html', 'components/field.html', 'components/feedback.html']
const site = join(portal, 'pages/site')

// Criterion C.SI.1.2 of the model: at least 30 % of the unique classes are Bootstrap Italia's.
describe('the classes of the site', () => {
  for (const page of readdirSync(site)) {
    it(`of ${page} are mostly Bootstrap Italia's`, () => {
      const all = new Set([...shared.map((name) => join(portal, name)), join(site, page)].flatMap(classes))
      expect([...all].filter((name) => official.has(name)).length / all.size).toBeGreaterThan(0.3)
    })
  }
})
