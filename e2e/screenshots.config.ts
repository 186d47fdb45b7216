import { defineConfig } from '@playwright/test'

/** `./x screenshots`: pictures of every page, for the README and for looking at. Not part of the tests. */
export default defineConfig({
  testDir: './screens',
  testMatch: '*.screens.ts',
  outputDir: './test-results',
  timeout: 240_000,
  expect: { timeout: 20_000 },
  workers: 1,
  reporter: [['list']],
})
