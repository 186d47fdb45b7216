/** The legal representative is elsewhere: the server mails the link, a phone opens it, and whoever is not meant refuses. */

import { expect, test } from '@playwright/test'
import { clean } from '../support/axe.ts'
import { openPc, openPhone } from '../support/browsers.ts'
import { enrol, openVerification, type Company } from '../support/demo.ts'
import { startMailServer, type Mail, type MailServer } from '../support/mail.ts'
import { PhonePage } from '../support/phone-page.ts'
import { Portal } from '../support/portal.ts'
import { startServer, type Server } from '../support/server.ts'
import { text } from '../support/texts.ts'

let mail: MailServer
let server: Server
let company: Company

test.beforeAll(async () => {
  mail = await startMailServer()
  server = await startServer(mail.settings)
  company = await enrol(server, 'astronaut.jpg', '艾琳·示例')
})
test.afterAll(async () => {
  await server.stop()
  mail.stop()
})

/** The address behind a link of the mail. */
function linkOf(message: Mail, path: string): string {
  const found = message.text.match(new RegExp(`${server.origin}${path}[\\w-]+`))
  if (!found) throw new Error(`no link to ${path} in:\n${message.text}`)
  return found[0]
}

async function forward(portal: Portal, to: string): Promise<void> {
  await portal.button('portal.qr.forward').click()
  await send(portal, to)
}

async function send(portal: Portal, to: string): Promise<void> {
  await portal.field('hand_off').fill(to)
  await portal.button('portal.send.send').click()
}

test('the link arrives by mail and opens the scan as the code does', async () => {
  const pc = await openPc()
  const phone = await openPhone('all')
  try {
    const portal = new Portal(pc.page)
    const before = await portal.toQrCode((await openVerification(server)).url, company)
    await forward(portal, 'erin')
    await expect(pc.page.getByText(text('portal.send.wrong_mail')), 'said at the field').toBeVisible()
    await send(portal, 'erin@example.cn')
    const sent = text('portal.send.sent', { to: 'e***@example.cn' }).split('{')[0] ?? ''
    await expect(pc.page.getByText(sent), 'the page says that it has left').toBeVisible()
    await clean(pc.page, 'the form that sends the link')

    const message = await mail.mail(1)
    expect(message.to).toEqual(['erin@example.cn'])
    expect(message.headers['subject']).toContain(company.enterprise_name)
    expect(message.headers['list-unsubscribe'], 'a link is on no list').toBeUndefined()
    for (const part of [message.text, message.html]) expect(part).not.toContain(company.id_number)
    const link = linkOf(message, '/s#')
    expect(link, 'the code before it is dead').not.toBe(before)
    expect(link).toBe(await portal.invitationUrl())

    const hand = new PhonePage(phone.page)
    await phone.page.goto(link)
    await expect(hand.heading('phone.ask.title')).toBeVisible()
    await hand.recognise()
    await hand.consent()
    await hand.button('phone.start.open').click()
    await hand.verified()
    await expect(portal.heading('portal.verified.title')).toBeVisible()
  } finally {
    await pc.close()
    await phone.close()
  }
})

test('an address that the mail server does not know is said to be wrong', async () => {
  const pc = await openPc()
  try {
    const portal = new Portal(pc.page)
    await portal.toQrCode((await openVerification(server)).url, company)
    await forward(portal, 'nobody@example.cn')
    await expect(pc.page.getByText(text('portal.send.refused', { to: 'n***@example.cn' }))).toBeVisible()
  } finally {
    await pc.close()
  }
})

for (const width of [360, 768, 1440]) {
  test(`whoever is not meant refuses, at ${width} pixels`, async () => {
    const pc = await openPc('zh-CN', 1440)
    const reader = await openPc('zh-CN', width)
    try {
      const portal = new Portal(pc.page)
      await portal.toQrCode((await openVerification(server)).url, company)
      const count = mail.mails().length
      await forward(portal, `stranger${width}@example.cn`)
      const message = await mail.mail(count + 1)
      await reader.page.goto(linkOf(message, '/m/'))
      await expect(reader.page.getByRole('heading', { name: text('refusal.asked_for_title') })).toBeVisible()
      await clean(reader.page, 'the page that refuses')
      const wide = await reader.page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth)
      expect(wide, 'nothing sticks out').toBe(true)
      await reader.page.getByRole('button', { name: text('refusal.refuse_verification') }).click()
      const refused = text('refusal.refused_verification', { to: 's***@example.cn' })
      await expect(reader.page.getByText(refused)).toBeVisible()
      await clean(reader.page, 'the page after it was refused')

      await send(portal, `Stranger${width}@example.cn`)
      await expect(pc.page.getByText(text('error.recipient_refuses'))).toBeVisible()
    } finally {
      await pc.close()
      await reader.close()
    }
  })
}

test('a link that is none of ours says so, in both languages', async () => {
  const reader = await openPc('en')
  try {
    await reader.page.goto(`${server.origin}/m/AAAAAAAAAAAAAAAAAAAAAAAA`)
    const heading = reader.page.getByRole('heading', { name: text('refusal.unknown_title', {}, 'en') })
    await expect(heading).toBeVisible()
    await clean(reader.page, 'an unknown message')
  } finally {
    await reader.close()
  }
})

test('the log of a whole run names no address and no link', async () => {
  const log = server.log()
  for (const secret of ['erin@', 'nobody@', 'stranger', 'example.cn>', '/s#', '/m/A', company.enterprise_name]) {
    expect(log, secret).not.toContain(secret)
  }
  expect(log.length).toBeGreaterThan(100)
})
