/** Long lists go on page by page, and the filters that somebody needs every day have a name. */

import { expect, test } from '@playwright/test'
import { clean } from '../support/axe.ts'
import { Desk, firstLink } from '../support/console.ts'
import { startServer, type Server } from '../support/server.ts'
import { TestMode } from '../support/test-mode.ts'

/** More than a page of cases; each leaves more than one entry in the trail. */
const CASES = 110

let server: Server
let admin: Desk

test.describe.configure({ mode: 'serial' })
test.beforeAll(async () => {
  test.setTimeout(120_000)
  server = await startServer()
  admin = await Desk.open(server)
  await admin.enter(await firstLink(server), { login: 'admin', name: '管理员' })
  const platform = TestMode.begin(server)
  for (let nth = 0; nth < CASES; nth++) {
    const { id } = await platform.open(`acct-${nth}`, `第${nth}号账号`)
    if (nth % 10 === 0) await platform.ask(`/verifications/${id}/cancel`, {})
  }
})
test.afterAll(async () => {
  await admin?.close()
  await server?.stop()
})

const rows = () => admin.page.locator('tbody tr')

test('cases come fifty at a time, none twice', async () => {
  await admin.go('cases')
  await expect(rows()).toHaveCount(50)
  await admin.button('more').click()
  await expect(rows()).toHaveCount(100)
  await admin.button('more').click()
  await expect(rows()).toHaveCount(CASES)
  await expect(admin.button('more')).toHaveCount(0)
  const links = await rows().getByRole('link').evaluateAll((all) => all.map((one) => one.getAttribute('href')))
  expect(new Set(links).size).toBe(CASES)
  await clean(admin.page, 'a long list of cases')
})

test('the trail goes on, too', async () => {
  await admin.go('audit')
  await expect(rows()).toHaveCount(100)
  await admin.button('more').click()
  await expect.poll(() => rows().count()).toBeGreaterThan(100)
  const numbers = await rows().evaluateAll((all) => all.map((one) => Number(one.querySelector('td')?.textContent?.trim())))
  const falling = numbers.every((number, nth) => nth === 0 || number < (numbers[nth - 1] ?? 0))
  expect(falling, numbers.join(' ')).toBe(true)
})

test('filters are kept under a name, for oneself, and stand in the address', async () => {
  await admin.go('cases')
  await admin.page.getByLabel(admin.t('field.state')).selectOption('canceled')
  await expect(rows()).toHaveCount(CASES / 10)
  await expect(admin.page).toHaveURL(/state=canceled/)
  await admin.button('cases.save_view').click()
  await admin.page.getByLabel(admin.t('cases.view_name')).fill('已取消的')
  await admin.page.keyboard.press('Enter')
  const view = admin.page.getByRole('button', { name: '已取消的', exact: true })
  await expect(view).toBeVisible()
  await admin.go('cases')
  await expect(rows()).toHaveCount(50)
  await view.click()
  await expect(rows()).toHaveCount(CASES / 10)
  await clean(admin.page, 'a saved view')
  await admin.shot('cases-saved-view')
  const colleague = await Desk.open(server)
  try {
    await colleague.enter(await admin.addOperator('zhou', '小周', ['support']))
    await colleague.go('cases')
    await expect(colleague.page.getByRole('button', { name: '已取消的' })).toHaveCount(0)
  } finally {
    await colleague.close()
  }
  await admin.go('cases')
  await admin.page.getByRole('button', { name: admin.t('cases.remove_view', { name: '已取消的' }) }).click()
  await expect(view).toHaveCount(0)
})
