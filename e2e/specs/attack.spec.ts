/** A printed photo, moved in front of the camera, with every judge real. */

import { expect, test } from '@playwright/test'
import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { openPc, openPhone } from '../support/browsers.ts'
import { enrol, openVerification } from '../support/demo.ts'
import { PhonePage } from '../support/phone-page.ts'
import { Portal } from '../support/portal.ts'
import { startServer, type Settings } from '../support/server.ts'

async function attack(settings: Settings): Promise<string | undefined> {
  const server = await startServer(settings)
  const pc = await openPc()
  const phone = await openPhone('attack_print')
  try {
    const company = await enrol(server, 'astronaut.jpg')
    const opened = await openVerification(server)
    const portal = new Portal(pc.page)
    const link = await portal.toQrCode(opened.url, company)
    await new PhonePage(phone.page).toCamera(link)
    const code = async () => (await portal.state()).last_error?.code
    await expect.poll(code, { timeout: 70_000 }).toBeTruthy()
    expect((await portal.state()).state).toBe('awaiting_scan')
    return await code()
  } finally {
    await pc.close()
    await phone.close()
    await server.stop()
  }
}

test('the default models refuse a print by its missing answers to the challenges', async () => {
  expect(await attack({})).toBe('action_timeout')
})

/** Where an operator's recommended models are: where SHIMING_MODELS says, beside the models of the set-up, or beside the checkout. */
const candidates = [
  ...(process.env.SHIMING_MODELS ?? '').split(':').filter(Boolean),
  resolve(import.meta.dirname, '../../models/recommended'),
  resolve(import.meta.dirname, '../../../shared/models/recommended'),
]
const recommended = candidates.find((folder) => existsSync(join(folder, 'minifasnet_v2_2.7_80.onnx')))

if (recommended) {
  const settings = { SHIMING_MODELS: recommended }

  test('the recommended models refuse it too', async () => {
    expect(['liveness_failed', 'action_timeout']).toContain(await attack(settings))
  })
}
