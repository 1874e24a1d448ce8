// Adds a file that no style sheet or script refers to, under a hashed name and in the manifest.
import { readFileSync } from 'node:fs'
import { basename } from 'node:path'
import type { Plugin } from 'vite'

/** The plugin. file is an absolute path. */
export function emit(file: string): Plugin {
  return {
    name: 'sportello:emit',
    apply: 'build',
    buildStart() {
      this.emitFile({ type: 'asset', name: basename(file), originalFileName: basename(file), source: readFileSync(file) })
    },
  }
}
