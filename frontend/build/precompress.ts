// Empties dist/ just before a build writes into it, so that it is never empty for long, and writes .br and .gz beside every text file after it, so that the server never
// compresses a file while somebody waits.
import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'
import type { Plugin } from 'vite'

const text = /\.(css|js|mjs|svg|json|html|map|wasm)$/

function files(dir: string): string[] {
  return readdirSync(dir).flatMap((name) => {
    const path = join(dir, name)
    return statSync(path).isDirectory() ? files(path) : [path]
  })
}

/** The plugin. dist is the absolute path of the output folder; a build that is told another one (--outDir) leaves it alone. */
export function precompress(dist: string): Plugin {
  return {
    name: 'sportello:precompress',
    apply: 'build',
    configResolved(config) {
      dist = resolve(config.root, config.build.outDir)
    },
    generateBundle() {
      if (!existsSync(dist)) return
      for (const name of readdirSync(dist)) {
        if (!name.startsWith('.')) rmSync(join(dist, name), { recursive: true })
      }
    },
    closeBundle() {
      if (!existsSync(dist)) return
      for (const path of files(dist)) {
        if (!text.test(path)) continue
        const body = readFileSync(path)
        if (body.length < 256) continue
        writeFileSync(`${path}.br`, brotliCompressSync(body, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }))
        writeFileSync(`${path}.gz`, gzipSync(body, { level: 9 }))
      }
    },
  }
}
