// Leaves in each style sheet only what a template uses. portal.css is measured against the templates that citizens see,
// backoffice.css against all of them.
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { basename, join } from 'node:path'
import type { AcceptedPlugin } from 'postcss'
import { PurgeCSS } from 'purgecss'

function templates(dir: string): string[] {
  return readdirSync(dir).flatMap((name) => {
    const path = join(dir, name)
    return statSync(path).isDirectory() ? templates(path) : name.endsWith('.html') ? [path] : []
  })
}

// A page says its layout in its define; layouts are named by their file.
const staffOnly = /\{\{-?\s*define "layout"\s*-?\}\}\s*(backoffice|console)\s*\{\{/

/** The templates whose classes a style sheet must keep. */
export function contentOf(portal: string, sheet: string): string[] {
  const all = ['layouts', 'components', 'pages'].flatMap((folder) => templates(join(portal, folder)))
  if (sheet !== 'portal.scss') return all
  return all.filter((path) => !staffOnly.test(readFileSync(path, 'utf8')) && !/layouts\/(backoffice|console)\.html$/.test(path))
}

/** The plugin. portal is the absolute path of the folder of the templates. */
export function purge(portal: string): AcceptedPlugin {
  return {
    postcssPlugin: 'sportello-purge',
    async OnceExit(root, { postcss, result }) {
      const sheet = basename(root.source?.input.file ?? '')
      if (sheet !== 'portal.scss' && sheet !== 'backoffice.scss') return
      const content = contentOf(portal, sheet).map((path) => ({ raw: readFileSync(path, 'utf8'), extension: 'html' }))
      content.push({ raw: readFileSync(join(portal, 'assets/portal.ts'), 'utf8'), extension: 'html' })
      const [purged] = await new PurgeCSS().purge({
        content,
        css: [{ raw: root.toString() }],
        defaultExtractor: (text) => text.match(/[A-Za-z0-9_-]+/g) ?? [],
        keyframes: true,
        variables: true,
        safelist: { standard: ['html', 'body', 'show', 'success', 'info', 'warning', 'danger', /^alert-/, /^cmp-/, /^office-/, /^wall-/, /^heat-/], variables: ['--bootstrap-italia-version'] },
      })
      if (!purged) throw new Error(`${sheet}: nothing left`)
      root.removeAll()
      root.append(postcss.parse(purged.css, { from: result.opts.from ?? sheet }).nodes)
    },
  }
}
