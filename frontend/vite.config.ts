// Builds everything a browser loads into dist/: the portal's style sheets and script, and each app in apps/.
// Output: dist/<app>/index.html, dist/assets/<name>-<hash>.*, dist/manifest.json.
import { existsSync, readdirSync } from 'node:fs'
import { resolve } from 'node:path'
import { defineConfig } from 'vite'
import { emit } from './build/emit.ts'
import { precompress } from './build/precompress.ts'
import { purge } from './build/purge.ts'
import { shell } from './build/shell.ts'

const here = import.meta.dirname
const root = resolve(here, 'apps')

// Every folder of apps/ that has an index.html is an app.
const apps = (existsSync(root) ? readdirSync(root) : [])
  .map((name) => resolve(root, name, 'index.html'))
  .filter((page) => existsSync(page))

const worker = resolve(root, 'kiosk/sw.ts')

const portal = ['portal.ts', 'portal.scss', 'backoffice.scss'].map((file) => resolve(here, 'portal/assets', file))

// `vite build --mode portal` leaves the apps out: quick while one works on the pages.
export default defineConfig(({ mode }) => ({
  root,
  base: '/',
  publicDir: false,
  css: {
    postcss: { plugins: [purge(resolve(here, 'portal'))] },
    preprocessorOptions: {
      scss: {
        loadPaths: [resolve(here, 'node_modules/bootstrap-italia/src/scss')],
        quietDeps: true,
        // Bootstrap Italia 2 is written with @import and the old colour functions.
        silenceDeprecations: ['import', 'global-builtin', 'color-functions', 'if-function'],
      },
    },
  },
  build: {
    outDir: resolve(here, 'dist'),
    emptyOutDir: false, // dist/.keep stays, so that the Go embed always finds the folder; `clean` empties the rest
    assetsInlineLimit: 0, // the content security policy of scripts and fonts allows no data: addresses
    manifest: 'manifest.json',
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 700, // livekit-client is one piece; kiosk and desk load it when a call begins
    target: 'es2022',
    cssTarget: ['chrome100', 'firefox100', 'safari15'],
    rollupOptions: {
      input: mode === 'portal' ? portal : [...apps, worker, ...portal],
      // A service worker rules over the folder of its own address, so its name is fixed.
      output: { entryFileNames: ({ facadeModuleId }) => (facadeModuleId === worker ? 'kiosk/sw.js' : 'assets/[name]-[hash].js') },
    },
  },
  plugins: [emit(resolve(here, 'portal/assets/favicon.svg')), shell('kiosk/index.html', 'kiosk/sw.ts'), precompress(resolve(here, 'dist'))],
}))
