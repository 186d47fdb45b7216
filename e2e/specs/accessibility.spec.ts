/** Every page against axe (WCAG 2.1 A and AA), in both languages; and the way through the form by keyboard alone. */

import { expect, test } from '@playwright/test'
import { clean } from '../support/axe.ts'
import { openPc, openPhone } from '../support/browsers.ts'
import { enrol, openVerification } from '../support/demo.ts'
import { PhonePage } from '../support/phone-page.ts'
import { Portal } from '../support/portal.ts'
import { startServer, type Server } from '../support/server.ts'
import type { Language } from '../support/texts.ts'

let server: Server
test.beforeAll(async () => {
  server = await startServer()
})
test.afterAll(async () => server.stop())

for (const language of ['zh-CN', 'en'] satisfies Language[]) {
  test(`portal, phone and demo have no known barrier (${language})`, async () => {
    const company = await enrol(server, 'astronaut.jpg')
    const opened = await openVerification(server)
    const pc = await openPc(language)
    const phone = await openPhone('all', { language, reducedMotion: true })
    try {
      await pc.page.goto(`${server.origin}/demo`)
      await expect(pc.page.getByRole('heading').first()).toBeVisible()
      await clean(pc.page, 'demo')
      await pc.page.goto(`${server.origin}/ca`)
      await clean(pc.page, 'root certificate')
      const portal = new Portal(pc.page, language)
      await pc.page.goto(opened.url)
      await expect(portal.heading('portal.subject.title')).toBeVisible()
      await clean(pc.page, 'subject type')
      await portal.chooseFace()
      await clean(pc.page, 'form')
      await portal.fill(company)
      await expect(pc.page.getByRole('img', { name: portal.t('portal.qr.image') })).toBeVisible()
      await clean(pc.page, 'QR code')

      const hand = new PhonePage(phone.page, language)
      await phone.page.goto(`${server.origin}/scan`)
      await expect(hand.heading('phone.scanner.title')).toBeVisible()
      await clean(phone.page, "the phone's own Scan")
      await phone.page.goto(await portal.invitationUrl())
      await expect(hand.heading('phone.ask.title')).toBeVisible()
      await clean(phone.page, 'who asks')
      await hand.recognise()
      await expect(hand.heading('phone.consent.title')).toBeVisible()
      await clean(phone.page, 'consent')
      await clean(pc.page, 'scan progress')
      await hand.consent()
      await expect(hand.heading('phone.start.title')).toBeVisible()
      await clean(phone.page, 'before the camera')
      await hand.button('phone.start.open').click()
      await hand.verified()
      await clean(phone.page, 'verified on the phone')
      await expect(portal.heading('portal.verified.title')).toBeVisible()
      await clean(pc.page, 'verified')
    } finally {
      await pc.close()
      await phone.close()
    }
  })
}

test('a production server shows its landing page and no demonstration', async () => {
  const production = await startServer({ SHIMING_DEMO: 'false' })
  const pc = await openPc()
  try {
    await pc.page.goto(production.origin)
    await expect(pc.page.getByRole('heading').first()).toBeVisible()
    await clean(pc.page, 'landing')
    expect((await pc.page.request.get(`${production.origin}/demo`)).status()).toBe(404)
    expect((await pc.page.request.get(`${production.origin}/demo/api/companies`)).status()).toBe(404)
  } finally {
    await pc.close()
    await production.stop()
  }
})

test('the form can be filled in by keyboard alone', async () => {
  const company = await enrol(server, 'astronaut.jpg')
  const pc = await openPc()
  try {
    const portal = new Portal(pc.page)
    await pc.page.goto((await openVerification(server)).url)
    await expect(portal.heading('portal.subject.title')).toBeVisible()
    const tabTo = async (wanted: string) => {
      for (let presses = 0; presses < 40; presses++) {
        await pc.page.keyboard.press('Tab')
        if (await pc.page.evaluate((wanted) => document.activeElement?.matches(wanted), wanted)) return
      }
      throw new Error(`Tab never reaches ${wanted}`)
    }
    await tabTo('input[type=radio]')
    await pc.page.keyboard.press('Space')
    await tabTo('button[type=submit]')
    await pc.page.keyboard.press('Enter')
    await expect(portal.heading('portal.method.title')).toBeVisible()
    await tabTo('button[type=submit]')
    await pc.page.keyboard.press('Enter')
    await expect(portal.heading('portal.form.title')).toBeVisible()
    for (const field of ['enterprise_name', 'uscc', 'legal_representative', 'id_number'] as const) {
      await tabTo(`[name="${field}"]`)
      await pc.page.keyboard.insertText(company[field])
    }
    await pc.page.keyboard.press('Enter')
    await expect(pc.page.getByRole('img', { name: portal.t('portal.qr.image') })).toBeVisible()
  } finally {
    await pc.close()
  }
})
