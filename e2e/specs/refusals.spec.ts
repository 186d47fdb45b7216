/** What the phone and the person in front of it may get wrong, and the way on from each. */

import { expect, test } from '@playwright/test'
import { openPc, openPhone, type Device, type Phone } from '../support/browsers.ts'
import { enrol, openVerification, type Company } from '../support/demo.ts'
import { PhonePage } from '../support/phone-page.ts'
import { Portal } from '../support/portal.ts'
import { startServer, type Server } from '../support/server.ts'
import { bare, start, text } from '../support/texts.ts'

let server: Server
let company: Company
let pc: Device
let phone: Phone
let portal: Portal
let hand: PhonePage

test.beforeAll(async () => {
  server = await startServer()
  company = await enrol(server, 'astronaut.jpg')
})
test.afterAll(async () => server.stop())

test.beforeEach(async () => {
  pc = await openPc()
  portal = new Portal(pc.page)
})
test.afterEach(async () => {
  await pc.close()
  await phone?.close()
})

async function begin(who: Company, ...camera: Parameters<typeof openPhone>): Promise<string> {
  const opened = await openVerification(server)
  const link = await portal.toQrCode(opened.url, who)
  phone = await openPhone(...camera)
  hand = new PhonePage(phone.page)
  return link
}

test("another person's face is refused and a try is used", async () => {
  const other = await enrol(server, 'obama_a.jpg')
  const link = await begin(other, 'all')
  await hand.toCamera(link)
  await expect(phone.page.getByText(text('error.face_mismatch')).first()).toBeVisible({ timeout: 60_000 })
  const { state, last_error } = await portal.state()
  expect(state).toBe('awaiting_scan')
  expect(last_error).toMatchObject({ code: 'face_mismatch', tries_left: 2 })
})

test('several faces are asked to become one, and no try is used', async () => {
  const link = await begin(company, 'two_faces')
  await hand.toCamera(link)
  await expect(phone.page.getByText(text('phone.face.prompt.hint.multiple_faces')).first()).toBeVisible()
  phone.film('all')
  expect((await portal.state()).state).toBe('face_running')
})

test('nobody in front of the camera ends without using a try', async () => {
  const link = await begin(company, 'no_face')
  await hand.toCamera(link)
  await expect(phone.page.getByText(text('phone.face.prompt.hint.face_not_found')).first()).toBeVisible()
  await expect(hand.heading('phone.tried.title_no_try')).toBeVisible({ timeout: 40_000 })
  expect((await portal.state()).last_error).toMatchObject({ code: 'face_not_found', try_used: false })
})

test('a second phone is refused while the first goes on', async () => {
  const link = await begin(company)
  await phone.page.goto(link)
  await expect(hand.heading('phone.ask.title')).toBeVisible()
  const second = await openPhone()
  try {
    await second.page.goto(link)
    await expect(second.page.getByRole('heading', { name: bare('error.qr_already_claimed') })).toBeVisible()
  } finally {
    await second.close()
  }
  await phone.page.goto(link)
  await expect(hand.heading('phone.ask.title'), 'the same phone comes back').toBeVisible()
})

test('a code that was renewed on the PC is dead', async () => {
  const link = await begin(company)
  await portal.button('portal.qr.renew').first().click()
  await expect.poll(async () => portal.invitationUrl()).not.toBe(link)
  await phone.page.goto(link)
  await expect(phone.page.getByRole('heading', { name: bare('error.qr_expired') })).toBeVisible()
})

test('a guessed token is refused like an expired one', async () => {
  await begin(company)
  await phone.page.goto(`${server.origin}/s#AAAAAAAAAAAAAAAAAAAAAA`)
  await expect(phone.page.getByRole('heading', { name: bare('error.qr_expired') })).toBeVisible()
})

test('who declines the consent is done, and the PC offers another method', async () => {
  const link = await begin(company)
  await phone.page.goto(link)
  await hand.recognise()
  await expect(hand.heading('phone.consent.title')).toBeVisible()
  await hand.button('phone.consent.decline').click()
  await expect(hand.heading('phone.end.declined.title')).toBeVisible()
  await expect(portal.heading('portal.method.title')).toBeVisible()
  await expect(pc.page.getByText(text('error.consent_declined')).first()).toBeVisible()
})

test('a denied camera is explained, with the way to allow it', async () => {
  const link = await begin(company, 'all', { camera: 'deny' })
  await hand.toCamera(link)
  await expect(hand.heading('phone.camera.denied.title')).toBeVisible()
  await expect(phone.page.getByRole('button', { name: text('common.retry') })).toBeVisible()
  expect((await portal.state()).last_error).toBeNull()
})

test('a phone without a camera is told so', async () => {
  const link = await begin(company, 'all', { camera: 'none' })
  await phone.page.goto(link)
  await expect(hand.heading('phone.camera.missing.title')).toBeVisible()
})

test('a connection that breaks in the middle comes back on the same phone', async () => {
  const link = await begin(company, 'neutral')
  await hand.toCamera(link)
  await expect.poll(async () => (await portal.state()).state).toBe('face_running')
  await phone.context.setOffline(true)
  await phone.page.waitForTimeout(1_500)
  await phone.context.setOffline(false)
  phone.film('all')
  await phone.page.reload()
  await expect(hand.heading('phone.start.title')).toBeVisible()
  await hand.button('phone.start.open').click()
  await hand.verified()
  await expect(portal.heading('portal.verified.title')).toBeVisible()
})

test('a server that restarts in the middle loses no case and no try', async () => {
  const link = await begin(company, 'all')
  await phone.page.goto(link)
  await hand.recognise()
  await server.restart()
  await hand.consent()
  await hand.button('phone.start.open').click()
  await hand.verified()
  await expect(portal.heading('portal.verified.title')).toBeVisible({ timeout: 30_000 })
})

test('challenges that are not answered use a try', async () => {
  const link = await begin(company, 'neutral')
  await hand.toCamera(link)
  await expect(phone.page.getByText(start('error.action_timeout')).first()).toBeVisible({ timeout: 60_000 })
  expect((await portal.state()).last_error).toMatchObject({ code: 'action_timeout', tries_left: 2 })
})

test('an expired code says so on both screens and can be renewed', async () => {
  const brief = await startServer({ SHIMING_POLICY_QR_MINUTES: '0' })
  phone = await openPhone()
  try {
    const opened = await openVerification(brief)
    const who = await enrol(brief, 'astronaut.jpg')
    const link = await portal.toQrCode(opened.url, who)
    await expect(pc.page.getByText(text('portal.qr.expired')).first()).toBeVisible()
    await expect(portal.button('portal.qr.renew').first()).toBeEnabled()
    await phone.page.goto(link)
    await expect(phone.page.getByRole('heading', { name: bare('error.qr_expired') })).toBeVisible()
    expect((await portal.state()).state).toBe('awaiting_scan')
  } finally {
    await brief.stop()
  }
})
