/** The console in a browser: who comes in and how. */

import { expect, test, type Page } from '@playwright/test'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { clean } from '../support/axe.ts'
import { Desk, firstLink } from '../support/console.ts'
import { startServer, type Server } from '../support/server.ts'
import { shiming } from '../support/sisters.ts'

let server: Server
let admin: Desk

test.describe.configure({ mode: 'serial' })
test.beforeAll(async () => {
  server = await startServer()
  admin = await Desk.open(server)
})
test.afterAll(async () => {
  await admin?.close()
  await server?.stop()
})

test('the first administrator comes in by the printed link and registers a passkey', async () => {
  const link = await firstLink(server)
  const { pathname, hash } = new URL(link)
  await admin.page.goto(`${server.origin}${pathname}${hash}`)
  await expect(admin.heading('welcome.first')).toBeVisible()
  await clean(admin.page, 'welcome')
  await admin.shot('welcome')
  await admin.enter(link, { login: 'admin', name: '管理员' })
  await admin.settled()
  await admin.shot('overview-empty')
  await admin.page.goto(`${server.origin}${pathname}${hash}`)
  await expect(admin.page.getByText(admin.t('welcome.dead'))).toBeVisible()
  await clean(admin.page, 'a used link')
})

test('signing out and in again with the passkey alone', async () => {
  await admin.go()
  await admin.button('sign_out').click()
  await expect(admin.heading('sign_in.title')).toBeVisible()
  await clean(admin.page, 'sign in')
  await admin.shot('sign-in')
  await admin.button('sign_in.other').click()
  await clean(admin.page, 'sign in with a password')
  await admin.button('sign_in.passkey').click()
  await expect(admin.heading('menu.overview')).toBeVisible()
})

test('rows that an import could not use are listed with their reasons, and downloaded', async () => {
  const file = join(server.dataDir, 'registry.csv')
  writeFileSync(file, 'uscc,enterprise_name,legal_representative,id_number\n911,x,y,z\nonly one\n')
  // A file of which nothing could be used ends with a failure, as it should.
  expect(() => shiming(server, 'registry', 'import', file)).toThrow()
  await admin.go('registry')
  await admin.page.getByRole('button', { name: admin.t('registry.errors', { n: 2 }) }).click()
  await expect(admin.page.getByRole('cell', { name: admin.t('import_fault.column_count') })).toBeVisible()
  for (const width of [360, 768, 1440]) {
    await admin.page.setViewportSize({ width, height: 900 })
    await clean(admin.page, `a report at ${width}`)
    expect(await sticksOut(admin.page)).toEqual([])
    await admin.shot(`registry-report-${width}`)
  }
  const download = admin.page.waitForEvent('download')
  await admin.page.getByRole('link', { name: admin.t('registry.download') }).click()
  const text = readFileSync(await (await download).path(), 'utf8')
  expect(text.split('\r\n')).toEqual(['line,column,reason', '2,uscc,length', '3,,column_count', ''])
})

/** What an administrator's menu holds; the queue is in a reviewer's. */
const PAGES = [
  '', 'cases', 'platforms', 'webhooks', 'issuers', 'policies', 'registry', 'bank', 'privacy', 'jobs', 'audit', 'operators', 'account',
]

/** What makes a page scroll sideways: nothing should. */
function sticksOut(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const { scrollWidth } = document.documentElement
    if (scrollWidth <= window.innerWidth) return []
    const out = [...document.body.querySelectorAll('*')].filter((e) => e.getBoundingClientRect().right > window.innerWidth + 1)
    return out.map((element) => element.outerHTML.slice(0, 80))
  })
}

for (const language of ['zh-CN', 'en'] as const) {
  test(`every page opens without a barrier and fits, from phone to desk (${language})`, async () => {
    test.setTimeout(240_000)
    await admin.go()
    await admin.page.getByRole('button', { name: language === 'en' ? 'English' : '中文' }).click()
    for (const path of PAGES)
      for (const width of [360, 768, 1440]) {
        await admin.page.setViewportSize({ width, height: 900 })
        await admin.go(path)
        await clean(admin.page, `${path} at ${width}`)
        expect(await sticksOut(admin.page), `${path} at ${width} scrolls sideways`).toEqual([])
        await admin.shot(`console-${path || 'overview'}-${width}-${language}`)
      }
    expect(admin.blocked, 'the policy blocks nothing of ours').toEqual([])
  })
}
