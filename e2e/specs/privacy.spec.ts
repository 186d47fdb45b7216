/** A person asks what is kept, and to be erased: at the console, and then in every file of the server. */

import { expect, test } from '@playwright/test'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { clean } from '../support/axe.ts'
import { openPc, type Device } from '../support/browsers.ts'
import { Desk, firstLink } from '../support/console.ts'
import { enrol, openVerification, type Company, type Opened } from '../support/demo.ts'
import { Portal } from '../support/portal.ts'
import { startServer, type Server } from '../support/server.ts'
import { files, holding } from '../support/traces.ts'

let server: Server
let admin: Desk
let pc: Device
let company: Company
let opened: Opened

test.describe.configure({ mode: 'serial' })
test.beforeAll(async () => {
  test.setTimeout(120_000)
  server = await startServer()
  admin = await Desk.open(server)
  pc = await openPc()
  await admin.enter(await firstLink(server), { login: 'admin', name: '管理员' })
  company = await enrol(server, 'astronaut.jpg', '艾琳·示例')
  opened = await openVerification(server)
  await new Portal(pc.page).toQrCode(opened.url, company)
})
test.afterAll(async () => {
  for (const one of [admin, pc]) await one?.close()
  await server?.stop()
})

const photos = (): string[] => files(join(server.dataDir, 'objects'))

test('everything that is kept is handed out as a file', async () => {
  await admin.go('privacy')
  await admin.page.locator('[name="id_number"]').fill(company.id_number)
  const [download] = await Promise.all([
    admin.page.waitForEvent('download'),
    admin.button('privacy.export').click(),
  ])
  expect(download.suggestedFilename()).toBe('person.json')
  const handed = JSON.parse(readFileSync(await download.path(), 'utf8'))
  expect(handed.verifications).toHaveLength(1)
  expect(handed.verifications[0]).toMatchObject({
    id: opened.id,
    state: 'awaiting_scan',
    elements: { id_number: company.id_number, legal_representative: company.legal_representative },
  })
  expect(handed.photos, 'the reference photo').toHaveLength(1)
  expect(handed.credentials).toEqual([])
})

test('a person is erased for good, after a second thought', async () => {
  const before = photos()
  await admin.go('privacy')
  await admin.page.locator('[name="id_number"]').fill(company.id_number)
  await expect(admin.button('privacy.erase')).toBeDisabled()
  await admin.page.getByLabel(admin.t('privacy.sure')).check()
  await clean(admin.page, 'about to erase')
  await admin.button('privacy.erase').click()
  const done = admin.t('privacy.erased', { verifications: 1, credentials: 0 })
  await expect(admin.page.getByText(done)).toBeVisible()
  await expect(admin.page.locator('[name="id_number"]')).toHaveValue('')
  await admin.shot('privacy-erased')

  await admin.page.locator('[name="id_number"]').fill(company.id_number)
  await admin.page.getByLabel(admin.t('privacy.sure')).check()
  await admin.button('privacy.erase').click()
  await expect(admin.page.getByText(admin.t('privacy.nothing'))).toBeVisible()
  expect(photos(), 'the photo is gone').toHaveLength(before.length - 1)
  const answer = await pc.page.evaluate(async (id) => (await fetch(`/portal/api/cases/${id}`)).status, opened.id)
  expect(answer, 'the applicant finds it no more').toBe(404)
})

test('no file of the server holds a trace of what was submitted, and the trail does not say who', async () => {
  expect(holding(server.dataDir, company.enterprise_name), "the registry's public name is there to be found").not.toEqual([])
  for (const submitted of [company.id_number, company.legal_representative, '艾琳'])
    expect(holding(server.dataDir, submitted), submitted).toEqual([])
  for (const submitted of [company.id_number, '艾琳']) expect(server.log()).not.toContain(submitted)
  await admin.go('audit')
  for (const action of ['person.exported', 'person.erasure_ordered', 'key.erased'])
    await expect(admin.page.getByRole('row').filter({ hasText: action }).first()).toBeVisible()
  await expect(admin.page.locator('body')).not.toContainText(company.id_number)
})
