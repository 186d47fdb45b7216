/** The LAN's own certificate authority: a phone gets https, a root to install, and a camera. */

import { expect, test } from '@playwright/test'
import { openPc, openPhone } from '../support/browsers.ts'
import { enrol, openVerification } from '../support/demo.ts'
import { PhonePage } from '../support/phone-page.ts'
import { Portal } from '../support/portal.ts'
import { startServer } from '../support/server.ts'

test('the phone scans over https with the self-made certificate', async () => {
  const server = await startServer({ SHIMING_PUBLIC_URL: '' })
  const pc = await openPc()
  const phone = await openPhone('all')
  try {
    const root = await fetch(`${server.origin}/ca.pem`)
    expect(await root.text()).toContain('BEGIN CERTIFICATE')
    const company = await enrol(server, 'astronaut.jpg')
    const { url } = await openVerification(server)
    const portal = new Portal(pc.page)
    const link = await portal.toQrCode(url, company)
    expect(link, 'the QR code leads to https').toMatch(/^https:/)
    const local = new URL(link)
    const hand = new PhonePage(phone.page)
    await hand.toCamera(`${server.secureOrigin}${local.pathname}${local.hash}`)
    await hand.verified()
    await expect(portal.heading('portal.verified.title')).toBeVisible()
    const cookies = await phone.context.cookies()
    expect(cookies.find(({ name }) => name.startsWith('__Host-'))?.secure).toBe(true)
  } finally {
    await pc.close()
    await phone.close()
    await server.stop()
  }
})
