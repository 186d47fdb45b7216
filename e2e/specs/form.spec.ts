/** The form: what is wrong is said at the field, what was right is kept, and nobody learns what does not match. */

import { expect, test } from '@playwright/test'
import { openPc, type Device } from '../support/browsers.ts'
import { openVerification, seededCompanies } from '../support/demo.ts'
import { Portal } from '../support/portal.ts'
import { startServer, type Server } from '../support/server.ts'
import { start, text } from '../support/texts.ts'

let server: Server
let pc: Device
let portal: Portal

test.beforeAll(async () => {
  server = await startServer()
})
test.afterAll(async () => server.stop())
test.beforeEach(async () => {
  pc = await openPc()
  portal = new Portal(pc.page)
  await pc.page.goto((await openVerification(server)).url)
  await portal.chooseFace()
})
test.afterEach(async () => pc.close())

test('a 15-digit licence is refused with the reason while it is typed', async () => {
  await portal.field('uscc').fill('110108000000016')
  await portal.field('uscc').blur()
  await expect(pc.page.getByText(text('portal.form.check.licence_15')).first()).toBeVisible()
})

test('wrong check digits are found at their fields', async () => {
  await portal.field('uscc').fill('91350100M000100Y34')
  await portal.field('uscc').blur()
  await expect(pc.page.getByText(text('portal.form.check.uscc_check')).first()).toBeVisible()
  await portal.field('id_number').fill('110105194912310020')
  await portal.field('id_number').blur()
  await expect(pc.page.getByText(text('portal.form.check.id_check')).first()).toBeVisible()
})

test('lower case, full width, other dots and brackets are the same company', async () => {
  const companies = await seededCompanies(server)
  const company = companies.find((each) => each.legal_representative.includes('·'))
  if (!company) throw new Error('the demonstration has a legal representative with a middle dot')
  const wide = (text: string) =>
    text.replace(/[0-9A-Z]/g, (c) => String.fromCharCode(c.charCodeAt(0) + 0xfee0))
  await portal.fill({
    ...company,
    uscc: wide(company.uscc),
    legal_representative: company.legal_representative.replace('·', '•'),
    id_number: company.id_number.toLowerCase(),
  })
  await expect(pc.page.getByRole('img', { name: text('portal.qr.image') })).toBeVisible()
})

test('a mismatch says how many tries are left, not which element is wrong', async () => {
  const [first, second] = await seededCompanies(server)
  if (!first || !second) throw new Error('the demonstration has companies')
  await portal.fill({ ...first, legal_representative: second.legal_representative })
  await expect(pc.page.getByText(start('error.element_mismatch')).first()).toBeVisible()
  const { last_error } = await portal.state()
  expect(last_error).toMatchObject({ code: 'element_mismatch', tries_left: 4 })
  await expect(portal.field('enterprise_name'), 'what was entered is kept').toHaveValue(first.enterprise_name)
})

test('a company that is not in the registry yet is looked for again', async () => {
  const [first] = await seededCompanies(server)
  if (!first) throw new Error('the demonstration has companies')
  await portal.fill({ ...first, uscc: '91350100M000100Y43' })
  await expect(portal.heading('portal.registry_pending.title')).toBeVisible()
})

test('a closed company is refused with its reason', async () => {
  const companies = await seededCompanies(server)
  const closed = companies.find((each) => each.status === 'cancelled')
  if (!closed) throw new Error('the demonstration has a cancelled company')
  await portal.fill(closed)
  await expect(pc.page.getByText(text('error.registry_status_abnormal')).first()).toBeVisible()
})

test('the language changes without losing what was typed', async () => {
  await portal.field('enterprise_name').fill('示例云帆科技有限公司')
  await pc.page.getByRole('button', { name: /English/ }).click()
  await expect(pc.page.getByRole('heading', { name: start('portal.form.title', 'en') })).toBeVisible()
  await expect(portal.field('enterprise_name')).toHaveValue('示例云帆科技有限公司')
})
