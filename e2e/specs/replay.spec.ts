/** One recording for two companies, and two phones where the server carries one scan at a time. No judge is stubbed. */

import AxeBuilder from '@axe-core/playwright'
import { expect, test } from '@playwright/test'
import { openPc, openPhone, type Phone } from '../support/browsers.ts'
import { enrol, openVerification } from '../support/demo.ts'
import { PhonePage } from '../support/phone-page.ts'
import { Portal } from '../support/portal.ts'
import { startServer, type Server } from '../support/server.ts'
import { text } from '../support/texts.ts'

// Each test scans twice, one after the other.
test.describe.configure({ timeout: 180_000 })

/** A company that waits for its scan, and the phone that will do it. */
async function waiting(server: Server, person: string) {
  const company = await enrol(server, 'astronaut.jpg', person)
  const opened = await openVerification(server)
  const pc = await openPc()
  const portal = new Portal(pc.page)
  const link = await portal.toQrCode(opened.url, company)
  const phone: Phone = await openPhone('all')
  const close = async () => {
    await pc.close()
    await phone.close()
  }
  return { portal, link, phone, hand: new PhonePage(phone.page), close }
}

test('a recording that another company has shown is refused', async () => {
  const server = await startServer({ SHIMING_SCAN_REPLAY: 'enforce' })
  const first = await waiting(server, '甲示例')
  const second = await waiting(server, '乙示例')
  try {
    await first.hand.toCamera(first.link)
    await first.hand.verified()
    await second.hand.toCamera(second.link)
    await expect(second.phone.page.getByText(text('error.liveness_failed')).first()).toBeVisible({ timeout: 60_000 })
    const { state, last_error } = await second.portal.state()
    expect(state).toBe('awaiting_scan')
    expect(last_error).toMatchObject({ code: 'liveness_failed', try_used: true })
  } finally {
    await first.close()
    await second.close()
    await server.stop()
  }
})

test('a phone that has to wait says so, uses no try, and gets in', async () => {
  const server = await startServer({ SHIMING_SCAN_AT_ONCE: '1' })
  const first = await waiting(server, '丙示例')
  const second = await waiting(server, '丁示例')
  try {
    await first.hand.toCamera(first.link)
    await expect.poll(async () => (await first.portal.state()).state).toBe('face_running')
    await second.hand.toCamera(second.link)
    await expect(second.phone.page.getByText(text('phone.face.prompt.waiting')).first()).toBeVisible()
    const { violations } = await new AxeBuilder({ page: second.phone.page }).analyze()
    expect(violations.map(({ id }) => id)).toEqual([])
    if (process.env.SHOTS) await second.phone.page.screenshot({ path: `${process.env.SHOTS}/phone-waiting.png` })
    await first.hand.verified()
    await second.hand.verified()
    expect((await second.portal.state()).state).toBe('verified')
  } finally {
    await first.close()
    await second.close()
    await server.stop()
  }
})
