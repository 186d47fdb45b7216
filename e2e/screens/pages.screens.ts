/** Walks through the main job and takes a picture at each step, at three widths. */

import { expect, test } from '@playwright/test'
import { openPc, openPhone } from '../support/browsers.ts'
import { all, camera, readme } from '../support/camera.ts'
import { enrol, openVerification } from '../support/demo.ts'
import { PhonePage } from '../support/phone-page.ts'
import { Portal } from '../support/portal.ts'
import { startServer } from '../support/server.ts'
import type { Language } from '../support/texts.ts'

for (const language of ['zh-CN', 'en'] satisfies Language[]) {
  test(`pages in ${language}`, async () => {
    const server = await startServer()
    const pc = await openPc(language)
    const phone = await openPhone('all', { language })
    const onPc = camera(language, 1440)
    const onPhone = camera(language, 360)
    try {
      const company = await enrol(server, 'astronaut.jpg', '示例访客')
      await pc.page.goto(`${server.origin}/demo`)
      await expect(pc.page.getByRole('heading').first()).toBeVisible()
      await onPc(pc.page, 'demo')
      await pc.page.goto(`${server.origin}/ca`)
      await onPc(pc.page, 'ca')
      const portal = new Portal(pc.page, language)
      await pc.page.goto((await openVerification(server)).url)
      await expect(portal.heading('portal.subject.title')).toBeVisible()
      await onPc(pc.page, 'portal-subject')
      await portal.page.getByRole('radio').first().check({ force: true })
      await portal.button('common.continue').click()
      await expect(portal.heading('portal.method.title')).toBeVisible()
      await onPc(pc.page, 'portal-method')
      await portal.button('common.continue').click()
      await expect(portal.heading('portal.form.title')).toBeVisible()
      await onPc(pc.page, 'portal-form')
      await portal.field('uscc').fill('110108000000016')
      await portal.field('id_number').fill('110105194912310020')
      await portal.field('id_number').blur()
      await onPc(pc.page, 'portal-form-errors')
      await portal.fill(company)
      await expect(pc.page.getByRole('img', { name: portal.t('portal.qr.image') })).toBeVisible()
      await onPc(pc.page, 'portal-qr')

      const hand = new PhonePage(phone.page, language)
      await phone.page.goto(`${server.origin}/scan`)
      await expect(hand.heading('phone.scanner.title')).toBeVisible()
      await onPhone(phone.page, 'phone-scan')
      await phone.page.goto(await portal.invitationUrl())
      await expect(hand.heading('phone.ask.title')).toBeVisible()
      await onPhone(phone.page, 'phone-ask')
      await onPc(pc.page, 'portal-scan')
      await hand.recognise()
      await expect(hand.heading('phone.consent.title')).toBeVisible()
      await onPhone(phone.page, 'phone-consent')
      await hand.consent()
      await expect(hand.heading('phone.start.title')).toBeVisible()
      await onPhone(phone.page, 'phone-start')
      await hand.button('phone.start.open').click()
      await phone.page.waitForTimeout(2_500)
      await phone.page.screenshot({ path: `${all}/phone-face-${language}.png` })
      if (language === 'zh-CN') await phone.page.screenshot({ path: `${readme}/phone-face.png` })
      await hand.verified()
      await onPhone(phone.page, 'phone-verified')
      await expect(portal.heading('portal.verified.title')).toBeVisible()
      await onPc(pc.page, 'portal-verified')
    } finally {
      await pc.close()
      await phone.close()
      await server.stop()
    }
  })
}
