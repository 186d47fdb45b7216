/** Operators who come in with their organisation's account, in a browser: over another site and back, with real tokens. */

import { expect, test } from '@playwright/test'
import { clean } from '../support/axe.ts'
import { Desk } from '../support/console.ts'
import { Provider } from '../support/provider.ts'
import { startServer, type Server } from '../support/server.ts'

let provider: Provider
let server: Server
let desk: Desk

const LI_NA = { sub: 'u-7', name: '李娜', preferred_username: 'li.na' }

test.describe.configure({ mode: 'serial' })
test.beforeAll(async () => {
  provider = await Provider.start()
  server = await startServer(provider.settings())
  desk = await Desk.open(server)
})
test.afterAll(async () => {
  await desk?.close()
  await server?.stop()
  provider?.stop()
})

const signIn = async () => {
  await desk.page.getByRole('button', { name: desk.t('sign_in.sso_named', { name: '示例集团' }) }).click()
}

test('a group that has no role here does not come in, and is told so', async () => {
  provider.person = { ...LI_NA, groups: ['staff'] }
  await desk.go()
  await expect(desk.heading('sign_in.title')).toBeVisible()
  for (const width of [360, 768, 1440]) {
    await desk.page.setViewportSize({ width, height: 900 })
    await clean(desk.page, `sign in at ${width}`)
    await desk.shot(`sign-in-sso-${width}`)
  }
  await signIn()
  await expect(desk.page.getByText(desk.t('sso.no_role'))).toBeVisible()
  await expect(desk.page).toHaveURL(`${server.origin}/console/`)
  await clean(desk.page, 'no role')
  await desk.shot('sign-in-sso-no-role')
})

test('whoever breaks off at the provider is told so', async () => {
  provider.refuses = 'access_denied'
  await signIn()
  await expect(desk.page.getByText(desk.t('sso.declined'))).toBeVisible()
  provider.refuses = undefined
})

test('an administrator comes in, at the page that was asked for', async () => {
  provider.person = { ...LI_NA, groups: ['kyb-admins'] }
  await desk.go('operators')
  await signIn()
  await expect(desk.heading('menu.operators')).toBeVisible()
  await expect(desk.page.getByRole('cell', { name: desk.t('operators.sso'), exact: true })).toBeVisible()
  await desk.go('account')
  await expect(desk.page.getByText(desk.t('account.sso_note'))).toBeVisible()
  await expect(desk.button('account.add_passkey')).toHaveCount(0)
  await clean(desk.page, 'account of the provider')
  await desk.shot('account-sso')
})

test('what needs a fresh proof is confirmed at the provider', async () => {
  await desk.go('operators')
  const fill = async () => {
    await desk.button('operators.add').click()
    const dialog = desk.page.getByRole('dialog').filter({ has: desk.page.locator('[name="login"]') })
    await dialog.locator('[name="login"]').fill('new')
    await dialog.locator('[name="name"]').fill('New')
    await dialog.getByRole('button', { name: desk.t('save') }).click()
  }
  await fill()
  const proof = desk.page.getByRole('dialog', { name: desk.t('proof.title') })
  await expect(proof).toBeVisible()
  await clean(desk.page, 'proof at the provider')
  await desk.shot('proof-sso')
  await proof.getByRole('button', { name: desk.t('proof.sso_named', { name: '示例集团' }) }).click()
  await expect(desk.page.getByText(desk.t('sso.proved'))).toBeVisible()
  await expect(desk.heading('menu.operators')).toBeVisible()
  await fill()
  await expect(desk.page.getByText('/console/welcome#')).toBeVisible()
})

test('who loses the last group is out with the next sign-in, and everywhere', async () => {
  provider.person = { ...LI_NA, groups: [] }
  const other = await Desk.open(server, 'en')
  await other.go()
  await other.page.getByRole('button', { name: other.t('sign_in.sso_named', { name: '示例集团' }) }).click()
  await expect(other.page.getByText(other.t('sso.no_role'))).toBeVisible()
  await other.close()
  await desk.go('operators')
  await expect(desk.heading('sign_in.title')).toBeVisible()
  expect(desk.blocked, 'the policy blocks nothing of ours').toEqual([])
})
