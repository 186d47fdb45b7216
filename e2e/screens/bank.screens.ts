/** Walks through the bank method and takes a picture of each screen, at three widths. */

import { expect, test } from '@playwright/test'
import { BankPortal, PAYS, WAITS, startServerWithBank, wrongAmounts } from '../support/bank.ts'
import { openPc } from '../support/browsers.ts'
import { camera } from '../support/camera.ts'
import { enrol, openVerification } from '../support/demo.ts'
import type { Language } from '../support/texts.ts'

for (const language of ['zh-CN', 'en'] satisfies Language[]) {
  test(`the bank method in ${language}`, async () => {
    const { server, bank, stop } = await startServerWithBank({ SHIMING_POLICY_AMOUNT_TRIES: '1' })
    const pc = await openPc(language)
    const take = camera(language, 1440, false)
    try {
      const company = await enrol(server, 'astronaut.jpg', '示例访客')
      const portal = new BankPortal(pc.page, language)
      await portal.toAccount((await openVerification(server)).url, company)
      await take(pc.page, 'bank-account')
      await portal.button('common.continue').click()
      await portal.field('branch_search').fill('福州')
      await expect(pc.page.getByRole('list', { name: portal.t('portal.bank.branches') })).toBeVisible()
      await take(pc.page, 'bank-account-errors')
      await portal.fillAccount(WAITS)
      await take(pc.page, 'bank-confirm')
      await portal.confirm()
      await expect(portal.heading('portal.bank.transfer_title')).toBeVisible()
      await take(pc.page, 'bank-underway')
      const [waiting] = await bank.payments(1)
      await bank.settle(waiting?.id ?? '')
      await portal.toAmount()
      await take(pc.page, 'bank-amount')
      await portal.enterAmount(wrongAmounts(waiting?.amount ?? '', 1)[0] ?? '')
      await expect(portal.heading('portal.bank.frozen_title')).toBeVisible()
      await take(pc.page, 'bank-frozen')
    } finally {
      await pc.close()
      await stop()
    }
  })

  test(`paying us in ${language}`, async () => {
    const { server, stop } = await startServerWithBank({ SHIMING_POLICY_BANK_DIRECTION: 'reverse' })
    const pc = await openPc(language)
    const take = camera(language, 1440, false)
    try {
      const company = await enrol(server, 'astronaut.jpg', '示例访客')
      const portal = new BankPortal(pc.page, language)
      await portal.page.goto((await openVerification(server)).url)
      await portal.toMethods(company.subject_type)
      await take(pc.page, 'bank-reverse-method')
      await portal.pickMethod('bank')
      await portal.fill(company)
      await expect(portal.heading('portal.bank.form_title')).toBeVisible()
      await portal.fillAccount(PAYS)
      await portal.button('portal.bank.confirm_reverse').click()
      await expect(portal.heading('portal.bank.payment_title')).toBeVisible()
      await take(pc.page, 'bank-payment')
    } finally {
      await pc.close()
      await stop()
    }
  })
}
