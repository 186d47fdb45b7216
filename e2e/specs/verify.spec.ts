/**
 * The main job: an applicant at the PC, a legal representative with a phone, an enterprise verified.
 *
 * Which judge is stubbed: none. The server runs with the default model set, which has no passive
 * presentation-attack model: what the clip shows, a warped portrait, is for such a model to doubt. Registry, challenges,
 * continuity and the comparison with the enrolled photo are the real ones.
 */

import { expect, test } from '@playwright/test'
import { openPc, openPhone } from '../support/browsers.ts'
import { enrol, openVerification } from '../support/demo.ts'
import { PhonePage } from '../support/phone-page.ts'
import { Portal } from '../support/portal.ts'
import { startServer, type Server } from '../support/server.ts'

let server: Server
test.beforeAll(async () => {
  server = await startServer()
})
test.afterAll(async () => server.stop())

test('a legal representative verifies an enterprise with PC and phone', async () => {
  const company = await enrol(server, 'astronaut.jpg', '艾琳·示例')
  const opened = await openVerification(server)
  const pc = await openPc()
  const phone = await openPhone('all')
  try {
    const portal = new Portal(pc.page)
    const link = await portal.toQrCode(opened.url, company)
    expect(pc.page.url(), 'the secret leaves the address bar').not.toContain('#')
    expect(link, 'the link holds no personal data').not.toContain(company.id_number)

    const hand = new PhonePage(phone.page)
    await phone.page.goto(link)
    await expect(hand.heading('phone.ask.title')).toBeVisible()
    expect(phone.page.url(), 'the token leaves the address bar').not.toContain('#')
    const code = await phone.page.locator('.match-code').innerText()
    await expect(pc.page.getByText(code, { exact: true }).first()).toBeVisible()
    await expect(phone.page.getByText(company.enterprise_name)).toBeVisible()

    await hand.recognise()
    await hand.consent()
    await expect(pc.page.getByText(portal.t('portal.scan.consented')).first()).toBeVisible()
    await hand.button('phone.start.open').click()
    await hand.verified()

    await expect(portal.heading('portal.verified.title')).toBeVisible()
    await expect(pc.page.getByText(company.enterprise_name).first()).toBeVisible()
    await expect(pc.page.getByText(company.uscc).first()).toBeVisible()
    const body = await pc.page.locator('body').innerText()
    expect(body, 'the ID number is masked').not.toContain(company.id_number)
  } finally {
    await pc.close()
    await phone.close()
  }
})

test('the log of a whole run holds nothing that was entered', async () => {
  const log = server.log()
  for (const secret of ['艾琳', '示例访客', '91110000MADW', '/s#']) {
    expect(log).not.toContain(secret)
  }
  expect(log.length, 'there is a log to look at').toBeGreaterThan(100)
})
