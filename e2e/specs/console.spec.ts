/** The console in a browser: the first administrator with a passkey, a second operator, search, the trail; axe on each page. */

import AxeBuilder from '@axe-core/playwright'
import { expect, test, type Page } from '@playwright/test'
import { chromium, type Browser } from '@playwright/test'
import { execFileSync } from 'node:child_process'
import { join, resolve } from 'node:path'
import { openVerification } from '../support/demo.ts'
import { startServer, type Server } from '../support/server.ts'

const root = resolve(import.meta.dirname, '../..')
let server: Server
let browser: Browser

test.describe.configure({ mode: 'serial' })
test.beforeAll(async () => {
  server = await startServer()
  browser = await chromium.launch()
})
test.afterAll(async () => {
  await browser.close()
  await server.stop()
})

/** A page whose browser has an authenticator that says yes. */
async function openConsole(path: string, width = 1440, locale = 'zh-CN'): Promise<Page> {
  const context = await browser.newContext({ viewport: { width, height: 900 }, locale })
  const page = await context.newPage()
  const cdp = await context.newCDPSession(page)
  await cdp.send('WebAuthn.enable')
  await cdp.send('WebAuthn.addVirtualAuthenticator', {
    options: { protocol: 'ctap2', transport: 'internal', hasResidentKey: true, hasUserVerification: true, isUserVerified: true, automaticPresenceSimulation: true },
  })
  const blocked: string[] = []
  page.on('console', (message) => {
    if (message.text().includes('Content Security Policy')) blocked.push(message.text())
  })
  page.on('close', () => expect(blocked).toEqual([]))
  await page.goto(`${server.origin}${path}`)
  return page
}

async function clean(page: Page, what: string): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa']).analyze()
  const found = violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.target.join(' ')).join(', ')}`)
  expect(found, what).toEqual([])
}

async function shot(page: Page, name: string): Promise<void> {
  if (process.env.SHOTS) await page.screenshot({ path: join(process.env.SHOTS, `${name}.png`), fullPage: true })
}

function firstLink(): string {
  const found = server.log().match(/\/console\/welcome#(\S+)/)
  if (!found) throw new Error(`no link in the log:\n${server.log()}`)
  return `/console/welcome#${found[1]}`
}

let admin: Page

test('the first administrator comes in by the printed link and registers a passkey', async () => {
  admin = await openConsole(firstLink())
  await expect(admin.getByRole('heading', { name: '成为首位管理员' })).toBeVisible()
  await clean(admin, 'welcome')
  await admin.getByLabel('登录名').fill('admin')
  await admin.getByLabel('姓名').fill('管理员')
  await admin.getByRole('button', { name: '继续' }).click()
  await expect(admin.getByRole('heading', { name: '设置登录方式' })).toBeVisible()
  await clean(admin, 'set up')
  await admin.getByRole('button', { name: '添加通行密钥' }).click()
  await expect(admin.getByRole('heading', { name: '概览', exact: true })).toBeVisible()
})

test('signing out and in again with the passkey alone', async () => {
  await admin.getByRole('button', { name: '退出' }).click()
  await expect(admin.getByRole('heading', { name: '登录控制台' })).toBeVisible()
  await clean(admin, 'sign in')
  await shot(admin, 'sign-in')
  await admin.getByRole('button', { name: '使用通行密钥登录' }).click()
  await expect(admin.getByRole('heading', { name: '概览', exact: true })).toBeVisible()
})

test('every page of the menu opens, without a known barrier, at both widths', async () => {
  await openVerification(server)
  for (const width of [1440, 768]) {
    await admin.setViewportSize({ width, height: 900 })
    for (const path of ['', 'cases', 'platforms', 'policies', 'registry', 'jobs', 'audit', 'operators', 'account']) {
      await admin.goto(`${server.origin}/console/${path}`)
      await expect(admin.getByRole('heading', { level: 1 })).toBeVisible()
      await expect(admin.locator('[aria-busy="true"]')).toHaveCount(0)
      await clean(admin, `${path} at ${width}`)
      await shot(admin, `${path || 'overview'}-${width}`)
      const wider = await admin.evaluate(() => document.documentElement.scrollWidth > window.innerWidth)
      expect(wider, `${path} at ${width} scrolls sideways`).toBe(false)
    }
  }
  await admin.setViewportSize({ width: 1440, height: 900 })
})

test('a support operator finds a case masked, and sees neither evidence nor the review', async () => {
  await admin.goto(`${server.origin}/console/operators`)
  await admin.getByRole('button', { name: '添加操作员' }).click()
  const dialog = admin.getByRole('dialog')
  await dialog.getByLabel('登录名').fill('kefu')
  await dialog.getByLabel('姓名').fill('客服小李')
  await dialog.getByLabel('审核员').uncheck()
  await dialog.getByLabel('客服').check()
  await dialog.getByRole('button', { name: '保存' }).click()
  const link = await admin.getByText('/console/welcome#').innerText()
  const support = await openConsole(new URL(link).pathname + new URL(link).hash)
  await support.getByRole('button', { name: '继续' }).click()
  await support.getByRole('button', { name: '添加通行密钥' }).click()
  await expect(support.getByRole('heading', { name: '概览', exact: true })).toBeVisible()
  await expect(support.getByRole('link', { name: '审计记录' })).toHaveCount(0)
  await support.goto(`${server.origin}/console/audit`)
  await expect(support.getByText('您的角色无权查看此页。')).toBeVisible()
  const refused = await support.evaluate(async () => (await fetch('/console/api/audit')).status)
  expect(refused).toBe(403)
  await support.goto(`${server.origin}/console/cases`)
  await support.getByRole('link').filter({ hasText: /demo|示例|@/ }).last().click()
  await expect(support.getByRole('heading', { name: '时间线' })).toBeVisible()
  await expect(support.getByRole('button', { name: '显示完整信息' })).toHaveCount(0)
  await clean(support, 'case')
  await shot(support, 'case')
  await support.close()
})

test('by keyboard alone from the menu to a page, in English', async () => {
  await admin.goto(`${server.origin}/console/`)
  await admin.getByRole('button', { name: 'English' }).click()
  await expect(admin.getByRole('heading', { name: 'Overview', exact: true })).toBeVisible()
  await shot(admin, 'overview-en')
  const link = admin.getByRole('link', { name: 'Audit trail' })
  for (let presses = 0; presses < 30; presses++) {
    await admin.keyboard.press('Tab')
    if (await link.evaluate((element) => element === document.activeElement)) break
  }
  await admin.keyboard.press('Enter')
  await expect(admin.getByRole('heading', { name: 'Audit trail', exact: true })).toBeVisible()
  await expect(admin.getByRole('cell', { name: /operator\.signed_in/ }).first()).toBeVisible()
})

test('the trail verifies from the command line', async () => {
  const target = process.env.CARGO_TARGET_DIR ?? join(root, 'target')
  const binary = process.env.SHIMING_BIN ?? join(target, 'debug/shiming')
  const environment = { ...process.env, SHIMING_DATA_DIR: server.dataDir }
  const said = execFileSync(binary, ['audit', 'verify'], { cwd: root, env: environment }).toString()
  expect(said).toContain('unchanged and complete')
})
