/** What hostile or broken clients send: refused with a code, in bounded time, and the case is still there. */

import { expect, test } from '@playwright/test'
import { enrol, openVerification, seededCompanies, type Company } from '../support/demo.ts'
import { startServer, type Server } from '../support/server.ts'

let server: Server
let company: Company
test.beforeAll(async () => {
  server = await startServer()
  company = await enrol(server, 'astronaut.jpg')
})
test.afterAll(async () => server.stop())

/** A client with cookies, as a browser has them. */
class Client {
  cookies = new Map<string, string>()

  async ask(path: string, body?: unknown): Promise<{ status: number; body: any }> {
    const answer = await fetch(server.origin + path, {
      method: body === undefined ? 'GET' : 'POST',
      headers: {
        cookie: [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; '),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      body: body === undefined ? undefined : JSON.stringify(body),
    })
    for (const cookie of answer.headers.getSetCookie()) {
      const [name = '', value = ''] = (cookie.split(';')[0] ?? '').split('=')
      this.cookies.set(name, value)
    }
    const text = await answer.text()
    return { status: answer.status, body: text ? JSON.parse(text) : null }
  }
}

async function applicant(): Promise<{ client: Client; path: string }> {
  const { id, url } = await openVerification(server)
  const client = new Client()
  const secret = new URL(url).hash.slice(1)
  expect((await client.ask('/portal/api/sessions', { case_id: id, secret })).status).toBe(204)
  const path = `/portal/api/cases/${id}`
  await client.ask(`${path}/choice`, { subject_type: 'enterprise', method: 'face' })
  return { client, path }
}

const elementsOf = ({ enterprise_name, uscc, legal_representative, id_number }: Company) => ({
  enterprise_name,
  uscc,
  legal_representative,
  id_number,
})

test('every wrong field is named with its code, all at once', async () => {
  const { client, path } = await applicant()
  const empty = { enterprise_name: '', uscc: '', legal_representative: '', id_number: '' }
  const { status, body } = await client.ask(`${path}/elements`, empty)
  expect([status, body.code]).toEqual([422, 'invalid_input'])
  expect(body.errors.map((each: { pointer: string }) => each.pointer)).toEqual([
    '/enterprise_name',
    '/uscc',
    '/legal_representative',
    '/id_number',
  ])
  const table: [Partial<Company>, string][] = [
    [{ uscc: '9135O100M000100Y43' }, 'uscc_invalid'],
    [{ uscc: '91350100M000100Y34' }, 'uscc_invalid'],
    [{ uscc: '110108000000016' }, 'licence_type_unsupported'],
    [{ uscc: '9'.repeat(5000) }, 'uscc_invalid'],
    [{ id_number: '110105194902290029' }, 'id_number_invalid'],
    [{ id_number: '440524188001010014' }, 'id_number_invalid'],
    [{ legal_representative: '张\u{e000}三' }, 'name_char_unsupported'],
    [{ enterprise_name: '名'.repeat(10_000) }, 'invalid_input'],
  ]
  for (const [wrong, code] of table) {
    const answer = await client.ask(`${path}/elements`, { ...elementsOf(company), ...wrong })
    expect([answer.status, answer.body.errors?.[0]?.code], JSON.stringify(wrong).slice(0, 60)).toEqual([422, code])
  }
  expect((await client.ask(path)).body.state).toBe('draft')
})

test('five mismatches lock for a day, for the account and for the credit code', async () => {
  const [first] = await seededCompanies(server)
  if (!first) throw new Error('the demonstration has companies')
  const { client, path } = await applicant()
  const wrong = { ...elementsOf(first), legal_representative: '别人' }
  for (const left of [4, 3, 2, 1]) {
    const { body } = await client.ask(`${path}/elements`, wrong)
    expect(body.last_error).toMatchObject({ code: 'element_mismatch', tries_left: left })
  }
  const { body } = await client.ask(`${path}/elements`, wrong)
  expect(body.state).toBe('locked')
  const other = await applicant()
  const refused = await other.client.ask(`${other.path}/elements`, elementsOf(first))
  expect([refused.status, refused.body.code]).toEqual([429, 'too_many_checks'])
  expect(refused.body.retry_at).toBeTruthy()
})

test('secrets are single-use, and other people’s cases are not found', async () => {
  const { id, url } = await openVerification(server)
  const secret = new URL(url).hash.slice(1)
  const [one, two] = [new Client(), new Client()]
  expect((await one.ask('/portal/api/sessions', { case_id: id, secret })).status).toBe(204)
  expect((await two.ask('/portal/api/sessions', { case_id: id, secret })).status).toBe(401)
  expect((await two.ask(`/portal/api/cases/${id}`)).status).toBe(401)
  const stranger = await applicant()
  expect((await stranger.client.ask(`/portal/api/cases/${id}`)).status).toBe(404)
  expect((await stranger.client.ask('/portal/api/cases/nonsense')).status).toBe(404)
})

test('requests from other origins are refused', async () => {
  const answer = await fetch(`${server.origin}/portal/api/sessions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: 'https://evil.example' },
    body: '{}',
  })
  expect(answer.status).toBe(403)
})

test('broken bodies and unknown paths get problem details', async () => {
  const { client, path } = await applicant()
  expect((await client.ask(`${path}/elements`, { uscc: 7 })).body.code).toBe('invalid_input')
  expect((await client.ask('/portal/api/nothing')).body.code).toBe('not_found')
  const garbage = await fetch(`${server.origin}/portal/api/sessions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{"case_id":',
  })
  expect([garbage.status, (await garbage.json()).code]).toEqual([422, 'invalid_input'])
})

async function enrolBytes(bytes: Uint8Array<ArrayBuffer>): Promise<{ status: number; code?: string }> {
  const form = new FormData()
  form.set('photo', new Blob([bytes]), 'photo.jpg')
  form.set('legal_representative', '访客')
  const answer = await fetch(`${server.origin}/demo/api/enrol`, { method: 'POST', body: form })
  return { status: answer.status, code: (await answer.json().catch(() => ({}))).code }
}

test('photos that are none are refused', async () => {
  expect(await enrolBytes(new Uint8Array(0))).toEqual({ status: 422, code: 'document_unreadable' })
  expect(await enrolBytes(new Uint8Array(5000).fill(7))).toEqual({ status: 422, code: 'document_unreadable' })
  const begun = Date.now()
  const huge = await enrolBytes(new Uint8Array(50 * 1024 * 1024)).catch(() => ({ status: 413 }))
  expect(huge.status).toBe(413)
  expect(Date.now() - begun).toBeLessThan(10_000)
})

async function phoneWithConsent(): Promise<{ client: Client; path: string; applicant: Client }> {
  const { client: pc, path } = await applicant()
  const { body } = await pc.ask(`${path}/elements`, elementsOf(company))
  const token = new URL(body.invitation.url).hash.slice(1)
  const client = new Client()
  expect((await client.ask('/phone/api/claim', { token })).status).toBe(200)
  const notice = await client.ask('/phone/api/notice')
  expect((await client.ask('/phone/api/consent', { version: notice.body.version, agreed: true })).status).toBe(200)
  return { client, path, applicant: pc }
}

/** Opens the scan's WebSocket with the phone's cookie; answers with the close code after sending. */
async function socket(client: Client, send: (socket: any) => void): Promise<number> {
  const { default: WebSocket } = await import('ws')
  const cookie = [...client.cookies].map(([name, value]) => `${name}=${value}`).join('; ')
  const url = `${server.origin.replace('http', 'ws')}/phone/api/scan/ws`
  const connection = new WebSocket(url, { headers: { cookie } })
  return new Promise((done, fail) => {
    connection.on('open', () => send(connection))
    connection.on('close', (code: number) => done(code))
    connection.on('unexpected-response', (_: unknown, answer: { statusCode: number }) => done(answer.statusCode))
    connection.on('error', fail)
    setTimeout(() => done(0), 15_000)
  })
}

const hello = JSON.stringify({ type: 'hello', protocol: 1, reduced_motion: true, camera: { label: 'x' } })

test('garbage on the scan’s socket ends it and uses no try', async () => {
  const table: [string, number, (socket: any) => void][] = [
    ['no hello', 4400, (socket) => socket.send('{"type":"leave"}')],
    ['no JSON', 4400, (socket) => socket.send('nonsense')],
    ['another protocol', 4400, (socket) => socket.send('{"type":"hello","protocol":9}')],
    ['unknown type', 4400, (socket) => [socket.send(hello), socket.send('{"type":"open_sesame"}')]],
    ['short frame', 4400, (socket) => [socket.send(hello), socket.send(new Uint8Array(3))]],
    ['long text', 4413, (socket) => [socket.send(hello), socket.send('x'.repeat(5000))]],
    ['ten thousand frames a second', 4429, (socket) => {
      socket.send(hello)
      const frame = new Uint8Array(16)
      frame[0] = 1
      for (let n = 0; n < 1000; n++) socket.send(frame)
    }],
  ]
  for (const [name, code, send] of table) {
    const { client, path, applicant: pc } = await phoneWithConsent()
    expect(await socket(client, send), name).toBe(code)
    const { body } = await pc.ask(path)
    expect(['face_running', 'scan_claimed', 'awaiting_scan'], name).toContain(body.state)
    expect(body.last_error?.try_used ?? false, name).toBe(false)
  }
})

test('the socket wants the phone’s cookie', async () => {
  expect(await socket(new Client(), () => {})).toBe(401)
})
