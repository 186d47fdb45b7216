/** The form that mails the link, and the page that refuses more of the same, at three widths. */

import { expect, test } from '@playwright/test'
import { openPc } from '../support/browsers.ts'
import { camera } from '../support/camera.ts'
import { enrol, openVerification } from '../support/demo.ts'
import { startMailServer } from '../support/mail.ts'
import { Portal } from '../support/portal.ts'
import { startServer } from '../support/server.ts'
import type { Language } from '../support/texts.ts'

for (const language of ['zh-CN', 'en'] satisfies Language[]) {
  test(`the link by mail in ${language}`, async () => {
    const mail = await startMailServer()
    const server = await startServer(mail.settings)
    const pc = await openPc(language)
    const take = camera(language, 1440, false)
    try {
      const portal = new Portal(pc.page, language)
      const company = await enrol(server, 'astronaut.jpg', '示例访客')
      await portal.toQrCode((await openVerification(server)).url, company)
      await portal.button('portal.qr.forward').click()
      await expect(portal.field('hand_off')).toBeVisible()
      await take(pc.page, 'hand-off')
      await portal.field('hand_off').fill('erin')
      await portal.button('portal.send.send').click()
      await expect(pc.page.getByText(portal.t('portal.send.wrong_mail'))).toBeVisible()
      await take(pc.page, 'hand-off-wrong')
      await portal.field('hand_off').fill('erin@example.cn')
      await portal.button('portal.send.send').click()
      const message = await mail.mail(1)
      await take(pc.page, 'hand-off-sent')
      await pc.page.setContent(message.html)
      await take(pc.page, 'hand-off-mail')
      await pc.page.goto(message.text.match(/https?:\S+\/m\/[\w-]+/)?.[0] ?? '')
      await expect(pc.page.getByRole('heading', { level: 1 })).toBeVisible()
      await take(pc.page, 'refusal')
      await pc.page.getByRole('button', { name: portal.t('refusal.refuse_verification') }).click()
      await expect(pc.page.getByRole('status')).not.toBeEmpty()
      await take(pc.page, 'refusal-done')
    } finally {
      await pc.close()
      await server.stop()
      mail.stop()
    }
  })
}
