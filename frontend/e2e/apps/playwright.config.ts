import { defineConfig } from '@playwright/test'
import base from '../../playwright.config'

// The two apps against a stand-in of the server: `npx playwright test -c e2e/apps`, after `npm run build`.
const { globalSetup: _demo, ...rest } = base

export default defineConfig({
  ...rest,
  testDir: '.',
  testMatch: '*.apps.ts',
  outputDir: process.env['APPS_OUT'] ?? '../../test-results/apps',
  timeout: 90_000,
  use: { ...rest.use, permissions: ['camera', 'microphone'] },
})
