/** Two reviewers' morning: a claim by keyboard, a look behind the mask, a question and its answer, a refusal. */

import { expect, test } from '@playwright/test'
import { clean } from '../support/axe.ts'
import { openPc, type Device } from '../support/browsers.ts'
import { Desk, firstLink } from '../support/console.ts'
import { startServer, type Server } from '../support/server.ts'
import { TestMode, type Verification } from '../support/test-mode.ts'
import { text } from '../support/texts.ts'

const QUESTION = '请说明公司的主要业务。'
const TOLD = '请由法定代表人本人办理。'
const INTERNAL = '疑似代办，已电话核实。'
const ANSWER = '软件开发与技术服务。'

let server: Server
let admin: Desk
let li: Desk
let wang: Desk
let applicant: Device
let asked: Verification
let refused: Verification

test.describe.configure({ mode: 'serial' })
test.beforeAll(async () => {
  test.setTimeout(180_000)
  server = await startServer({ SHIMING_POLICY_REVIEW_UNCLEAR_FACES: 'true' })
  admin = await Desk.open(server)
  li = await Desk.open(server)
  wang = await Desk.open(server)
  applicant = await openPc()
  await admin.enter(await firstLink(server), { login: 'admin', name: '管理员' })
  const linkOfLi = await admin.addOperator('li', '小李', ['reviewer'])
  const linkOfWang = await admin.addOperator('wang', '小王', ['reviewer'])
  await li.enter(linkOfLi)
  await wang.enter(linkOfWang)
  const platform = TestMode.begin(server)
  asked = await platform.unclear('acct-asked', '甲账号')
  refused = await platform.unclear('acct-refused', '乙账号')
})
test.afterAll(async () => {
  for (const one of [admin, li, wang, applicant]) await one?.close()
  await server?.stop()
})

const row = (desk: Desk, account: string) => desk.page.getByRole('row').filter({ hasText: account })

test('by keyboard alone to the case that waits longest; it is claimed and a colleague sees that', async () => {
  await li.go('review')
  await expect(row(li, '甲账号')).toBeVisible()
  await clean(li.page, 'queue')
  await li.shot('queue')
  await li.page.keyboard.press('j')
  await li.page.keyboard.press('k')
  await expect(row(li, '甲账号').getByRole('link')).toBeFocused()
  await li.page.keyboard.press('Tab')
  await li.page.keyboard.press('Enter')
  await expect(li.heading('decision.title')).toBeVisible()
  await clean(li.page, 'case in review')
  await li.shot('case-in-review')
  await wang.go('review')
  await expect(row(wang, '甲账号')).toContainText('小李')
  await expect(row(wang, '甲账号').getByRole('button')).toBeDisabled()
})

test('a look at the evidence and behind the mask; both are recorded', async () => {
  await li.button('evidence.look').click()
  await expect(li.heading('evidence.scans')).toBeVisible()
  await expect(li.page.getByText(/^\d{17}[\dX]$/)).toHaveCount(0)
  await li.button('case.reveal').click()
  await li.page.getByLabel(li.t('case.reveal_reason')).fill('核对证件')
  await li.page.keyboard.press('Enter')
  await expect(li.page.getByText(/^\d{17}[\dX]$/)).toBeVisible()
  await clean(li.page, 'revealed')
  await li.shot('case-revealed')
  await li.button('case.hide').click()
  await expect(li.page.getByText(/^\d{17}[\dX]$/)).toHaveCount(0)
  await admin.go('audit')
  for (const action of ['case.evidence_seen', 'case.revealed', 'case.claimed'])
    await expect(admin.page.getByRole('row').filter({ hasText: action }).first()).toContainText('小李')
})

test('a question goes to the applicant, and the answer brings the case back', async () => {
  await li.page.getByLabel(li.t('decision.ask')).check()
  await li.page.getByLabel(li.t('decision.message')).fill(QUESTION)
  await li.button('decision.ask').click()
  await expect(li.heading('decision.title')).toHaveCount(0)
  await applicant.page.goto(asked.url)
  await expect(applicant.page.getByText(QUESTION)).toBeVisible()
  await clean(applicant.page, 'question')
  await applicant.page.locator('#answer').fill(ANSWER)
  await applicant.page.getByRole('button', { name: text('portal.needs_info.send') }).click()
  await expect(applicant.page.getByRole('heading', { name: text('portal.in_review.title') })).toBeVisible()
})

test('a refusal has a reason for the applicant and another for colleagues', async () => {
  await wang.go('review')
  await row(wang, '乙账号').getByRole('button').click()
  await wang.page.getByLabel(wang.t('decision.reject')).check()
  await wang.page.getByLabel(wang.t('decision.reason')).selectOption('not_legal_rep')
  await wang.page.getByLabel(wang.t('decision.message')).fill(TOLD)
  await wang.page.getByLabel(wang.t('decision.internal')).fill(INTERNAL)
  await clean(wang.page, 'refusal')
  await wang.shot('refusal')
  await wang.button('decision.reject').last().click()
  await expect(wang.heading('decision.title')).toHaveCount(0)
  await li.go(`cases/${refused.id}`)
  await expect(li.page.getByText(INTERNAL)).toBeVisible()
  await expect(li.page.getByText(TOLD)).toBeVisible()

  const other = await openPc()
  try {
    await other.page.goto(refused.url)
    await expect(other.page.getByRole('heading', { name: text('portal.rejected.title') })).toBeVisible()
    await expect(other.page.getByText(TOLD)).toBeVisible()
    await expect(other.page.getByText(text('error.not_legal_rep')).first()).toBeVisible()
    await expect(other.page.locator('body')).not.toContainText(INTERNAL)
    await clean(other.page, 'refused')
  } finally {
    await other.close()
  }
})
