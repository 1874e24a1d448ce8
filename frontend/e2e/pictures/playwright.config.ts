import { defineConfig } from '@playwright/test'
import base from '../../playwright.config'

// The pictures of README and guides: `make screenshots`. Not part of the tests.
export default defineConfig({
  ...base,
  testDir: '.',
  testMatch: '*.pictures.ts',
  globalSetup: '../support/setup.ts',
  outputDir: '../../test-results/pictures',
  timeout: 180_000,
  use: {
    ...base.use, actionTimeout: 20_000,
    launchOptions: { ...base.use!.launchOptions, args: [...base.use!.launchOptions!.args!, '--lang=it-IT'], env: { ...process.env, LANGUAGE: 'it' } as Record<string, string> },
  },
})
