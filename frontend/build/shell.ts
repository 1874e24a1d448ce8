// Writes into the kiosk's service worker which files its page consists of, so that it can keep them.
import { createHash } from 'node:crypto'
import type { Plugin } from 'vite'

/** The plugin. page and worker are parts of the paths by which both are known. */
export function shell(page: string, worker: string): Plugin {
  return {
    name: 'sportello:shell',
    apply: 'build',
    generateBundle(_options, bundle) {
      const all = Object.values(bundle)
      const target = all.find((o) => o.type === 'chunk' && o.facadeModuleId?.endsWith(worker))
      const entry = all.find((o) => o.type === 'chunk' && o.facadeModuleId?.endsWith(page))
      if (target?.type !== 'chunk' || entry?.type !== 'chunk') return // a build of the portal only
      const parts = new Set<string>()
      const visit = (name: string): void => {
        if (parts.has(name)) return
        parts.add(name)
        const file = bundle[name]
        if (file?.type === 'chunk') {
          for (const next of [...file.imports, ...file.dynamicImports, ...(file.viteMetadata?.importedCss ?? [])]) visit(next)
        } else if (file && name.endsWith('.css')) {
          for (const [, font] of String(file.source).matchAll(/url\(\/?(assets\/[\w.-]+)/g)) visit(font!)
        }
      }
      visit(entry.fileName)
      const list = [...parts].sort().map((name) => `/${name}`)
      const version = createHash('sha256').update(list.join()).digest('hex').slice(0, 12)
      target.code = target.code
        .replace(/["'`]__PARTS__["'`]/, list.map((name) => JSON.stringify(name)).join())
        .replace('__VERSION__', version)
    },
  }
}
