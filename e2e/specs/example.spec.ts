/**
 * A stranger's platform, built on the client library alone, in front of a real server: sign-up, verification, webhook,
 * badge. The scan is simulated with the test key, as the platform's engineer would do it; form, webhook and API are real.
 */

import { expect, test } from '@playwright/test'
import { openPc } from '../support/browsers.ts'
import type { Company } from '../support/demo.ts'
import { startAll, startExample, type Example } from '../support/example.ts'
import { Portal } from '../support/portal.ts'
import { startServer, type Server } from '../support/server.ts'

type Elements = Pick<Company, 'enterprise_name' | 'uscc' | 'legal_representative' | 'id_number'>

let server: Server
let example: Example
test.beforeAll(async () => {
  server = await startServer({ SHIMING_TRUSTED_HOSTS: 'localhost' })
  example = await startExample(server)
})
test.afterAll(async () => {
  example.stop()
  await server.stop()
})

async function ask<Answer>(path: string, body?: unknown): Promise<Answer> {
  const headers = { Authorization: `Bearer ${example.key}`, 'Content-Type': 'application/json' }
  const sent = body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }
  const answer = await fetch(`${server.origin}/v1${path}`, { headers, ...sent })
  if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`)
  return (await answer.json()) as Answer
}

test('a user of the platform verifies the company, and the platform shows it', async () => {
  const pc = await openPc()
  try {
    await pc.page.goto(example.origin)
    await pc.page.getByLabel('Mail address').fill('someone@example.cn')
    await pc.page.getByRole('button', { name: 'Sign up' }).click()
    await expect(pc.page.getByText('Not verified')).toBeVisible()
    await pc.page.getByRole('button', { name: 'Verify my company' }).click()

    const portal = new Portal(pc.page)
    await expect(portal.heading('portal.subject.title')).toBeVisible()
    const id = new URL(pc.page.url()).pathname.split('/').pop() ?? ''
    await portal.chooseFace()
    const { sample } = await ask<{ sample: Elements }>('/test/values')
    await portal.fill(sample)
    await expect(pc.page.getByRole('img', { name: portal.t('portal.qr.image') })).toBeVisible()
    await ask(`/test/verifications/${id}/simulate`, { action: 'pass_scan' })
    await expect(portal.heading('portal.verified.title')).toBeVisible()

    await expect(async () => {
      await pc.page.goto(example.origin)
      await expect(pc.page.getByText('Verified company')).toBeVisible({ timeout: 500 })
    }).toPass()
  } finally {
    await pc.close()
  }
})

test('a message that nobody has signed changes nothing', async () => {
  const body = JSON.stringify({ type: 'verification.verified', data: { account_id: 'x' } })
  const now = String(Math.floor(Date.now() / 1000))
  const headers = { 'webhook-id': 'evt_1', 'webhook-timestamp': now, 'webhook-signature': 'v1,AAAA' }
  const answer = await fetch(`${example.origin}/webhooks/shiming`, { method: 'POST', headers, body })
  expect(answer.status).toBe(400)
})

test('one command brings up server and platform, and Ctrl-C ends both', async () => {
  const all = await startAll()
  try {
    const page = await fetch(all.origin)
    expect(await page.text()).toContain('Example platform')
    expect((await fetch(`${all.server}/health`)).ok).toBe(true)
  } finally {
    await all.interrupt()
  }
  const gone = (url: string) => fetch(url).then(() => false, () => true)
  expect([await gone(all.origin), await gone(`${all.server}/health`)]).toEqual([true, true])
})
