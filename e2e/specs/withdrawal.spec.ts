/**
 * The legal representative takes the consent to the face scan back: during the scan, and afterwards by the link that was kept. No
 * judge is stubbed.
 */

import { expect, test, type Page } from '@playwright/test'
import { mkdirSync } from 'node:fs'
import { clean } from '../support/axe.ts'
import { openPc, openPhone, type Device } from '../support/browsers.ts'
import { Desk, firstLink } from '../support/console.ts'
import { enrol, openVerification, type Company } from '../support/demo.ts'
import { PhonePage } from '../support/phone-page.ts'
import { Portal } from '../support/portal.ts'
import { startServer, type Server } from '../support/server.ts'
import { start, text } from '../support/texts.ts'

let server: Server
let company: Company

test.describe.configure({ timeout: 180_000 })
test.beforeAll(async () => {
  server = await startServer({ SHIMING_SCAN_KEEP_FRAMES_DAYS: '1' })
  company = await enrol(server, 'astronaut.jpg')
})
test.afterAll(async () => server.stop())

async function shots(page: Page, name: string): Promise<void> {
  const folder = process.env.SHOTS
  const before = page.viewportSize()
  for (const width of [360, 768, 1440]) {
    await page.setViewportSize({ width, height: 900 })
    await clean(page, `${name} at ${width}`)
    const sideways = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)
    expect(sideways, `${name} at ${width} scrolls sideways`).toBeLessThanOrEqual(0)
    if (!folder) continue
    mkdirSync(folder, { recursive: true })
    await page.screenshot({ path: `${folder}/${name}-${width}.png`, fullPage: true })
  }
  if (before) await page.setViewportSize(before)
}

const heading = (page: Page, key: string) => page.getByRole('heading', { name: start(`withdrawal.${key}`) })
const button = (page: Page, key: string) => page.getByRole('button', { name: text(`withdrawal.${key}`), exact: true })

async function withdraw(page: Page): Promise<void> {
  await button(page, 'withdraw').click()
  await button(page, 'confirm').click()
  await expect(heading(page, 'standing.withdrawn')).toBeVisible()
}

test('during the scan: it stops, and the PC offers another method', async () => {
  const opened = await openVerification(server)
  const [pc, phone] = [await openPc(), await openPhone('all')]
  try {
    const portal = new Portal(pc.page)
    const hand = new PhonePage(phone.page)
    await hand.page.goto(await portal.toQrCode(opened.url, company))
    await hand.recognise()
    await hand.consent()
    await expect(hand.heading('phone.start.title')).toBeVisible()

    const second = await phone.context.newPage()
    await second.goto(`${server.origin}/scan/consent`)
    await expect(heading(second, 'standing.given')).toBeVisible()
    await expect(second.getByText(text('withdrawal.effect_open'))).toBeVisible()
    await button(second, 'withdraw').click()
    await button(second, 'keep').click()
    await expect(heading(second, 'standing.given'), 'a second thought').toBeVisible()
    await withdraw(second)
    await clean(second, 'withdrawn')

    expect(await portal.state()).toMatchObject({ state: 'draft', last_error: { code: 'consent_declined' } })
    await expect(pc.page.getByText(text('error.consent_declined')).first()).toBeVisible()
    await hand.page.reload()
    await expect(hand.heading('phone.end.declined.title')).toBeVisible()
  } finally {
    await pc.close()
    await phone.close()
  }
})

test('after the scan: a reviewer sees the marked frames until the kept link takes the consent back', async () => {
  const opened = await openVerification(server)
  const [pc, phone, elsewhere] = [await openPc(), await openPhone('all'), await openPc()]
  const admin: Desk = await Desk.open(server)
  const auditor: Desk = await Desk.open(server)
  try {
    await admin.enter(await firstLink(server), { login: 'admin', name: '管理员' })
    await auditor.enter(await admin.addOperator('shen', '小沈', ['auditor']))
    const portal = new Portal(pc.page)
    const hand = new PhonePage(phone.page)
    await hand.toCamera(await portal.toQrCode(opened.url, company))
    await hand.verified()
    await hand.page.getByRole('link', { name: hand.t('phone.end.consent') }).click()
    await expect(heading(hand.page, 'standing.given')).toBeVisible()
    await shots(hand.page, 'consent-given')
    const link = await hand.page.locator('.link').innerText()
    await framesAreMarked(admin, opened.id)
    await auditor.go(`cases/${opened.id}`)
    await auditor.button('evidence.look').click()
    await expect(auditor.page.getByText(start('console.frames.not_yours'))).toBeVisible()
    await expect(auditor.page.locator('figure'), 'a face is as personal as a number').toHaveCount(0)

    await keptLinkWorks(elsewhere, link)
    await hand.page.reload()
    await expect(heading(hand.page, 'standing.withdrawn')).toBeVisible()
    expect((await portal.state()).state, 'what was decided stays').toBe('verified')
    await admin.go(`cases/${opened.id}`)
    await expect(admin.page.getByText(admin.t('event.consent_withdrawn'))).toBeVisible()
    await admin.button('evidence.look').click()
    await expect(admin.page.getByText(admin.t('evidence.no_scans'))).toBeVisible()
    await expect(admin.page.locator('figure')).toHaveCount(0)
  } finally {
    for (const one of [pc, phone, elsewhere, admin, auditor] satisfies (Device | Desk)[]) await one.close()
  }
})

/** Each compared frame is shown, with the face's box and five points inside the picture. */
async function framesAreMarked(desk: Desk, id: string): Promise<void> {
  await desk.go(`cases/${id}`)
  await desk.button('evidence.look').click()
  const frames = desk.page.locator('figure')
  await expect(frames.first()).toBeVisible()
  const drawn = frames.first().getByRole('img', { name: start('console.frames.drawn') })
  await expect(drawn).toBeVisible()
  await expect(drawn.locator('rect')).toHaveCount(1)
  await expect(drawn.locator('circle')).toHaveCount(5)
  const picture = frames.first().locator('img')
  await expect.poll(() => picture.evaluate((image: HTMLImageElement) => image.naturalWidth)).toBeGreaterThan(0)
  const inside = await frames.first().evaluate((figure) => {
    const [picture, face] = [figure.querySelector('img'), figure.querySelector('rect')].map((one) => one?.getBoundingClientRect())
    if (!picture || !face) return false
    return face.left >= picture.left - 1 && face.right <= picture.right + 1 && face.top >= picture.top - 1 && face.bottom <= picture.bottom + 1
  })
  expect(inside, 'the box lies on the picture').toBe(true)
  await shots(desk.page, 'evidence-frames')
  await desk.page.getByLabel(desk.t('frames.overlay')).uncheck()
  await expect(desk.page.locator('figure rect')).toHaveCount(0)
  await desk.go('audit')
  await expect(desk.page.getByRole('row').filter({ hasText: 'case.frame_seen' }).first()).toContainText('管理员')
  expect(desk.blocked, 'the policy blocks nothing of ours').toEqual([])
}

async function keptLinkWorks({ page }: Device, link: string): Promise<void> {
  await page.goto(link.split('#')[0] ?? '')
  await expect(heading(page, 'unknown_title'), 'a browser that holds no scan').toBeVisible()
  await clean(page, 'no consent found')
  const [answer] = await Promise.all([page.waitForResponse('**/consents/look'), page.goto(`${link}x`)])
  expect(answer.status(), 'a link that is none').toBe(404)
  await expect(heading(page, 'unknown_title')).toBeVisible()
  await page.goto(link)
  await expect(heading(page, 'standing.given')).toBeVisible()
  await withdraw(page)
  await shots(page, 'consent-withdrawn')
}
