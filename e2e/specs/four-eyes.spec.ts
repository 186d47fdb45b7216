/**
 * A scan that passed but that a risk rule wants looked at: two reviewers see its frames, and only both together approve. No judge is
 * stubbed.
 */

import { expect, test } from '@playwright/test'
import { clean } from '../support/axe.ts'
import { openPc, openPhone } from '../support/browsers.ts'
import { Desk, firstLink } from '../support/console.ts'
import { enrol, openVerification } from '../support/demo.ts'
import { PhonePage } from '../support/phone-page.ts'
import { Portal } from '../support/portal.ts'
import { startServer, type Server } from '../support/server.ts'
import { start, text } from '../support/texts.ts'

let server: Server
const desks: Desk[] = []

test.describe.configure({ timeout: 180_000 })
test.beforeAll(async () => {
  server = await startServer({
    SHIMING_POLICY_REVIEW_FOUR_EYES: 'true',
    SHIMING_RISK_DEVICE: 'review above 0 in 1d',
  })
})
test.afterAll(async () => {
  for (const desk of desks) await desk.close()
  await server.stop()
})

/** An administrator's two reviewers, signed in. */
async function reviewers(): Promise<[Desk, Desk]> {
  for (let nth = 0; nth < 3; nth++) desks.push(await Desk.open(server))
  const [admin, li, wang] = desks as [Desk, Desk, Desk]
  await admin.enter(await firstLink(server), { login: 'admin', name: '管理员' })
  await li.enter(await admin.addOperator('li', '小李', ['reviewer']))
  await wang.enter(await admin.addOperator('wang', '小王', ['reviewer']))
  return [li, wang]
}

test('an approval waits for a second pair of eyes, and the first pair is not the second', async () => {
  const [li, wang] = await reviewers()
  const company = await enrol(server, 'astronaut.jpg')
  const opened = await openVerification(server)
  const [pc, phone] = [await openPc(), await openPhone('all')]
  try {
    const portal = new Portal(pc.page)
    const hand = new PhonePage(phone.page)
    await hand.toCamera(await portal.toQrCode(opened.url, company))
    await expect(hand.heading('phone.end.in_review.title')).toBeVisible({ timeout: 60_000 })
    await expect(portal.heading('portal.in_review.title')).toBeVisible()

    const row = (desk: Desk) => desk.page.getByRole('row').filter({ hasText: company.uscc })
    await li.go('review')
    await row(li).getByRole('button').click()
    await expect(li.page.getByText(li.t('decision.four_eyes'))).toBeVisible()
    await li.button('evidence.look').click()
    const frame = li.page.locator('figure').first()
    await expect(frame.getByRole('img', { name: start('console.frames.drawn') })).toBeVisible()
    await clean(li.page, 'a case with frames, in review')
    await li.shot('four-eyes-first')
    await li.button('decision.approve').click()
    const approved = { name: '小李' }
    await expect(li.page.getByText(li.t('decision.second', approved))).toBeVisible()
    await li.button('decision.approve').click()
    await expect(li.page.getByText(text('error.not_allowed_now'))).toBeVisible()
    expect((await portal.state()).state).toBe('in_review')

    await wang.go('review')
    await expect(row(wang)).toContainText(wang.t('review.approved_by', { names: '小李' }))
    await row(wang).getByRole('button').click()
    await expect(wang.page.getByText(wang.t('decision.second', approved))).toBeVisible()
    await clean(wang.page, 'the second decision')
    await wang.shot('four-eyes-second')
    await wang.button('decision.approve').click()
    await expect(wang.heading('decision.title')).toHaveCount(0)
    await expect(portal.heading('portal.verified.title')).toBeVisible()
    const seen = await pc.page.evaluate(async (id) => (await fetch(`/portal/api/cases/${id}`)).text(), opened.id)
    for (const inside of ['小李', '小王']) expect(seen, 'who decided stays inside').not.toContain(inside)
  } finally {
    await pc.close()
    await phone.close()
  }
})
