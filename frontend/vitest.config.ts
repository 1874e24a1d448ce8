import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['apps/**/*.test.ts', 'packages/**/*.test.ts', 'portal/**/*.test.ts', 'build/**/*.test.ts'],
    passWithNoTests: false,
  },
})
