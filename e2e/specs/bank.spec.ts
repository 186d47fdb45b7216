/** The bank method: a real server, the sandbox bank beside it, and whatever can happen to a small payment. */

import { expect, test } from '@playwright/test'
import { BankPortal, PAYS, REFUSES_THE_NAME, WAITS, startServerWithBank, wrongAmounts, type Bank } from '../support/bank.ts'
import { clean } from '../support/axe.ts'
import { openPc, type Device } from '../support/browsers.ts'
import { enrol, openVerification, type Company } from '../support/demo.ts'
import type { Server, Settings } from '../support/server.ts'
import { start, text, type Language } from '../support/texts.ts'

/** A bank takes its seconds for each file, and so does axe for each screen. */
test.describe.configure({ timeout: 180_000 })

type Stage = { server: Server; bank: Bank; portal: BankPortal; pc: Device; company: Company }

/** Runs a story with a server, a bank, a PC and a company of its own. */
async function play(settings: Settings, language: Language, story: (stage: Stage) => Promise<void>): Promise<void> {
  const { server, bank, stop } = await startServerWithBank(settings)
  const pc = await openPc(language)
  try {
    const company = await enrol(server, 'astronaut.jpg')
    const portal = new BankPortal(pc.page, language)
    await portal.toAccount((await openVerification(server)).url, company)
    await story({ server, bank, portal, pc, company })
  } finally {
    await pc.close()
    await stop()
  }
}

const inChinese = (settings: Settings, story: (stage: Stage) => Promise<void>) => play(settings, 'zh-CN', story)

test('an enterprise is verified by the amount that arrived, and nobody is told the amount', () =>
  inChinese({}, async ({ server, bank, portal, pc, company }) => {
    await expect(portal.field('account_name'), 'it has to be the enterprise').toHaveValue(company.enterprise_name)
    await portal.fillAccount(PAYS)
    await expect(pc.page.getByText(PAYS), 'what is confirmed can be read').toBeVisible()
    expect(await bank.payments(0), 'nothing is sent before it is confirmed').toEqual([])
    await portal.confirm()
    await portal.toAmount()
    await expect(pc.page.getByText('****0002')).toBeVisible()
    const [paid] = await bank.payments(1)
    if (!paid) throw new Error('the bank has a payment')
    expect(paid).toMatchObject({ name: company.enterprise_name, account: PAYS, status: 'paid' })
    expect(paid.amount).toMatch(/^0\.(0[1-9]|[1-9]\d)$/)
    expect(await pc.page.content()).not.toContain(paid.amount)
    expect(JSON.stringify(await portal.state())).not.toContain(paid.amount)
    await portal.enterAmount(paid.amount)
    await portal.verified()
    expect(server.log(), 'no log has account or name').not.toMatch(new RegExp(`${PAYS}|${company.enterprise_name}`))
  }))

test('five wrong amounts pause the entry, and it opens again by itself', () =>
  inChinese({ SHIMING_POLICY_AMOUNT_FREEZE_SECONDS: '10' }, async ({ bank, portal, pc }) => {
    await portal.fillAccount(PAYS)
    await portal.confirm()
    await portal.toAmount()
    const right = (await bank.payments(1))[0]?.amount ?? ''
    const [first = '', ...others] = wrongAmounts(right, 5)
    await portal.enterAmount('1,00')
    await expect(pc.page.getByText(text('portal.bank.amount_form')), 'what is no amount uses no try').toBeVisible()
    await portal.enterAmount(first)
    await expect(pc.page.getByText(text('error.amount_wrong', { n: 4 }))).toBeVisible()
    await expect(pc.page.getByText(text('portal.bank.tries', { n: 4 }))).toBeVisible()
    for (const [index, amount] of others.entries()) {
      await portal.enterAmount(amount)
      if (index < 3) await expect(pc.page.getByText(text('error.amount_wrong', { n: 3 - index }))).toBeVisible()
    }
    await expect(portal.heading('portal.bank.frozen_title')).toBeVisible()
    await expect(pc.page.getByRole('timer')).toBeVisible()
    await expect(portal.field('amount')).toHaveCount(0)
    await portal.toAmount()
    await expect(pc.page.getByText(text('portal.bank.tries', { n: 5 })), 'the count begins anew').toBeVisible()
    await portal.enterAmount(right)
    await portal.verified()
    expect(await bank.payments(1), 'nothing was sent again').toHaveLength(1)
  }))

test('a name that does not fit the account is said, and mended', () =>
  inChinese({}, async ({ bank, portal, pc, company }) => {
    await portal.field('account_name').fill('另一家示例有限公司')
    await portal.field('account_number').fill(REFUSES_THE_NAME)
    await portal.pickBranch()
    await portal.button('common.continue').click()
    await expect(pc.page.getByText(text('portal.bank.name_differs'))).toBeVisible()
    await portal.field('account_name').fill(company.enterprise_name)
    await portal.fillAccount(REFUSES_THE_NAME)
    await portal.confirm()
    await expect(pc.page.getByText(text('error.account_name_mismatch'))).toBeVisible()
    await expect(portal.heading('portal.bank.form_title'), 'the account, not the elements').toBeVisible()
    await expect(portal.field('account_name'), 'what was entered is kept').toHaveValue(company.enterprise_name)
    await portal.fillAccount(PAYS)
    await expect(pc.page.getByText(text('portal.bank.transfers_left', { n: 2 }))).toBeVisible()
    await portal.confirm()
    await portal.toAmount()
    const payments = await bank.payments(2)
    await portal.enterAmount(payments.find((each) => each.status === 'paid')?.amount ?? '')
    await portal.verified()
  }))

test('an amount that nobody entered in time is worth nothing, and a new transfer is', () =>
  inChinese({ SHIMING_POLICY_AMOUNT_LIFE_SECONDS: '8' }, async ({ server, bank, portal, pc }) => {
    await portal.fillAccount(PAYS)
    await portal.confirm()
    await expect(pc.page.getByText(text('error.amount_expired'))).toBeVisible({ timeout: 40_000 })
    await expect(portal.heading('portal.bank.confirm_title'), 'the account is kept').toBeVisible()
    await expect(pc.page.getByText(text('portal.bank.transfers_left', { n: 2 }))).toBeVisible()
    expect(await bank.payments(1)).toHaveLength(1)
    await portal.confirm()
    await portal.toAmount()
    const [, second] = await bank.payments(2)
    await portal.enterAmount(second?.amount ?? '')
    await portal.verified()
    expect(server.log()).not.toContain('panicked')
  }))

test('from the bank to the face and back, nothing is entered or sent again', () =>
  inChinese({}, async ({ bank, portal, pc }) => {
    await portal.fillAccount(WAITS)
    await portal.confirm()
    await expect(portal.heading('portal.bank.transfer_title')).toBeVisible()
    await portal.changeMethod('face')
    await expect(pc.page.getByRole('img', { name: text('portal.qr.image') }), 'no element is asked again').toBeVisible()
    const [waiting] = await bank.payments(1)
    await bank.settle(waiting?.id ?? '')
    await portal.changeMethod('bank')
    await portal.toAmount()
    await portal.enterAmount(waiting?.amount ?? '')
    await portal.verified()
    expect(await bank.payments(1)).toHaveLength(1)
  }))

test('where the operator wants it, the enterprise pays', () =>
  inChinese({ SHIMING_POLICY_BANK_DIRECTION: 'reverse' }, async ({ bank, portal, pc, company }) => {
    await portal.fillAccount(PAYS)
    await portal.button('portal.bank.confirm_reverse').click()
    await expect(portal.heading('portal.bank.payment_title')).toBeVisible()
    const reference = await pc.page.locator('strong.code').innerText()
    expect(reference).toMatch(/^SM\d{8}$/)
    const payment = { name: company.enterprise_name, account: PAYS, amount: '0.01', remark: `认证 ${reference}` }
    await bank.receive({ ...payment, name: '另一家示例有限公司' })
    await expect(pc.page.getByText(start('error.account_name_mismatch'))).toBeVisible()
    await bank.receive({ ...payment, remark: '货款' })
    await bank.receive({ ...payment, account: '35000000000000003' })
    await expect(portal.heading('portal.bank.payment_title')).toBeVisible()
    await bank.receive(payment)
    await portal.verified()
  }))

for (const language of ['zh-CN', 'en'] satisfies Language[]) {
  test(`no screen of the bank method has a known barrier (${language})`, () =>
    play({ SHIMING_POLICY_AMOUNT_TRIES: '1' }, language, async ({ bank, portal, pc }) => {
      await clean(pc.page, 'account')
      await portal.button('common.continue').click()
      await clean(pc.page, 'account with errors')
      await portal.field('branch_search').fill('991391000019')
      await expect(pc.page.getByText(portal.t('portal.bank.cnaps_check'))).toBeVisible()
      await clean(pc.page, 'a code with a wrong check digit')
      await portal.field('branch_search').fill('福州')
      await expect(pc.page.getByRole('list', { name: portal.t('portal.bank.branches') })).toBeVisible()
      await clean(pc.page, 'branches found')
      await portal.fillAccount(WAITS)
      await clean(pc.page, 'confirmation')
      await portal.confirm()
      await expect(portal.heading('portal.bank.transfer_title')).toBeVisible()
      await clean(pc.page, 'on its way')
      const [waiting] = await bank.payments(1)
      await bank.settle(waiting?.id ?? '')
      await portal.toAmount()
      await clean(pc.page, 'amount')
      await portal.enterAmount(wrongAmounts(waiting?.amount ?? '', 1)[0] ?? '')
      await expect(portal.heading('portal.bank.frozen_title')).toBeVisible()
      await clean(pc.page, 'entry paused')
    }))

  test(`the screen for paying us has no known barrier (${language})`, () =>
    play({ SHIMING_POLICY_BANK_DIRECTION: 'reverse' }, language, async ({ portal, pc }) => {
      await portal.fillAccount(PAYS)
      await clean(pc.page, 'confirmation')
      await portal.button('portal.bank.confirm_reverse').click()
      await expect(portal.heading('portal.bank.payment_title')).toBeVisible()
      await clean(pc.page, 'payment')
    }))
}
