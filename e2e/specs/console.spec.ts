/** The console in a browser: who comes in and how. */

import { expect, test, type Page } from '@playwright/test'
import { clean } from '../support/axe.ts'
import { Desk, firstLink } from '../support/console.ts'
import { startServer, type Server } from '../support/server.ts'

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

/** What an administrator's menu holds; the queue is in a reviewer's. */
const PAGES = ['', 'cases', 'platforms', 'policies', 'registry', 'bank', 'privacy', 'jobs', 'audit', 'operators', 'account']

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
