import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import {
  AuthenticationError,
  ConnectionError,
  InvalidRequestError,
  NotFoundError,
  RateLimitError,
  Shiming,
} from '../src/index.js'

interface Seen {
  method: string
  url: string
  headers: IncomingMessage['headers']
  body: string
}

/** A server on this machine that answers what the test has laid out, in order. */
let server: Server
let seen: Seen[]
let answers: [status: number, body: unknown, headers?: Record<string, string>][]

async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
  let body = ''
  for await (const chunk of request) body += String(chunk)
  seen.push({ method: request.method ?? '', url: request.url ?? '', headers: request.headers, body })
  const [status, answer, headers] = answers.shift() ?? [500, { code: 'system_error' }]
  if (status === 0) return void request.socket.destroy()
  response.writeHead(status, { 'Content-Type': 'application/json', ...headers })
  response.end(status === 204 ? undefined : JSON.stringify(answer))
}

function client(retries = 3): Shiming {
  const { port } = server.address() as AddressInfo
  return new Shiming({ apiKey: 'sk_test_1', baseUrl: `http://127.0.0.1:${port}`, retries })
}

beforeEach(async () => {
  seen = []
  answers = []
  server = createServer((request, response) => void serve(request, response))
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
})
afterEach(() => server.close())

describe('a call', () => {
  test('carries key, body and an idempotency key of its own', async () => {
    answers = [[201, { id: 'ver_1', url: 'https://x/verify/ver_1#s' }]]
    const opened = await client().verifications.create({ account: { id: 'acct-1' } })
    expect(opened.id).toBe('ver_1')
    expect(seen[0]).toMatchObject({
      method: 'POST',
      url: '/v1/verifications',
      body: '{"account":{"id":"acct-1"}}',
    })
    expect(seen[0]?.headers.authorization).toBe('Bearer sk_test_1')
    expect(seen[0]?.headers['idempotency-key']).toMatch(/^"[0-9a-f-]{36}"$/)
  })

  test('a person is named in the body, never in an address', async () => {
    answers = [
      [200, { verifications: [] }],
      [200, { anything: false, verifications: 0, credentials: 0 }],
    ]
    const person = { id_number: '110101199003070310' }
    expect((await client().persons.export(person)).verifications).toEqual([])
    expect((await client().persons.erase(person)).anything).toBe(false)
    expect(seen.map(({ url }) => url)).toEqual(['/v1/persons/export', '/v1/persons/erase'])
    for (const { body } of seen) expect(JSON.parse(body)).toEqual(person)
  })

  test('ids can not lead elsewhere', async () => {
    answers = [[200, { id: 'x' }]]
    await client().verifications.get('../platform?x=')
    expect(seen[0]?.url).toBe('/v1/verifications/..%2Fplatform%3Fx%3D')
  })

  test('is repeated with the same idempotency key after a lost connection and a busy server', async () => {
    answers = [
      [0, null],
      [503, { code: 'system_error' }, { 'Retry-After': '0' }],
      [201, { id: 'ver_1' }],
    ]
    await client().verifications.create({ account: { id: 'a' } })
    const keys = seen.map(({ headers }) => headers['idempotency-key'])
    expect(keys).toHaveLength(3)
    expect(new Set(keys).size).toBe(1)
  })

  test('is not repeated when the request itself is at fault', async () => {
    const errors = [{ pointer: '/account', code: 'invalid_input', reason: 'length' }]
    answers = [
      [422, { code: 'invalid_input', title: 'invalid input', status: 422, request_id: 'r1', errors }],
    ]
    const failure = await client()
      .verifications.create({ account: { id: '' } })
      .catch((thrown: unknown) => thrown)
    expect(failure).toBeInstanceOf(InvalidRequestError)
    expect(failure).toMatchObject({ code: 'invalid_input', status: 422, requestId: 'r1', fields: errors })
    expect(seen).toHaveLength(1)
  })

  test.each([
    [401, AuthenticationError],
    [404, NotFoundError],
    [429, RateLimitError],
  ])('status %i has a class of its own', async (status, kind) => {
    answers = [[status, { code: 'whatever' }]]
    await expect(client(0).verifications.get('ver_1')).rejects.toBeInstanceOf(kind)
  })

  test('without an answer says so', async () => {
    answers = [[0, null]]
    await expect(client(0).platform()).rejects.toBeInstanceOf(ConnectionError)
  })

  test('ends when it is called off', async () => {
    await expect(client().platform({ signal: AbortSignal.abort(new Error('enough')) })).rejects.toThrow(
      'enough',
    )
  })

  test('that removes answers with nothing', async () => {
    answers = [[204, null]]
    await expect(client().webhookEndpoints.remove('whe_1')).resolves.toBeUndefined()
  })
})

test('a list is read to its end, page by page', async () => {
  answers = [
    [200, { data: [{ id: 'ver_1' }, { id: 'ver_2' }], next_cursor: 'c1' }],
    [200, { data: [{ id: 'ver_3' }], next_cursor: null }],
  ]
  const ids: string[] = []
  for await (const { id } of client().verifications.all({ account_id: 'a b', limit: 2 })) ids.push(id)
  expect(ids).toEqual(['ver_1', 'ver_2', 'ver_3'])
  expect(seen.map(({ url }) => url)).toEqual([
    '/v1/verifications?account_id=a+b&limit=2',
    '/v1/verifications?account_id=a+b&limit=2&cursor=c1',
  ])
})
