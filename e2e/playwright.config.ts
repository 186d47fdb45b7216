import { defineConfig } from '@playwright/test'

/** Each spec starts its own server and browsers (see support/), so that none leans on what another left behind. */
export default defineConfig({
  testDir: './specs',
  outputDir: './test-results',
  timeout: 90_000,
  expect: { timeout: 20_000 },
  fullyParallel: false,
  workers: 1,
  forbidOnly: Boolean(process.env.CI),
  retries: 0,
  reporter: [['list'], ['json', { outputFile: 'report/results.json' }]],
})
