/** The console in a browser: who comes in and how. */

import { expect, test } from '@playwright/test'
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
