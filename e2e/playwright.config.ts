import { defineConfig } from '@playwright/test'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** The specs in which a phone scans a face: its pictures have to be looked at as fast as they come. */
const folder = join(import.meta.dirname, 'specs')
const scans = readdirSync(folder)
  .filter((name) => name.endsWith('.spec.ts') && readFileSync(join(folder, name), 'utf8').includes('phone-page'))
  .map((name) => `**/${name}`)

/**
 * Each spec starts its own server and browsers (see support/), so that none leans on what another left behind. One scan at a time,
 * and beside it one spec of the pages that only wait for people.
 */
export default defineConfig({
  testDir: './specs',
  outputDir: './test-results',
  timeout: 90_000,
  expect: { timeout: 20_000 },
  fullyParallel: false,
  workers: 2,
  projects: [
    { name: 'scans', testMatch: scans, workers: 1 },
    { name: 'pages', testIgnore: scans, workers: 1 },
  ],
  forbidOnly: Boolean(process.env.CI),
  retries: 0,
  reporter: [['list'], ['json', { outputFile: 'report/results.json' }]],
})
