import { Webhook } from 'standardwebhooks'
import { describe, expect, test } from 'vitest'
import { verifyWebhook, WebhookError } from '../src/index.js'

/** Published vectors of Standard Webhooks. */
const VECTORS = [
  {
    secret: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
    id: 'msg_p5jXN8AQM9LWM0D4loKWxJek',
    at: 1614265330,
    body: '{"test": 2432232314}',
    signature: 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
  },
  {
    secret: 'whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD',
    id: 'msg_27UH4WbU6Z5A5EzD8u03UvzRbpk',
    at: 1649367553,
    body: '{"email":"test@example.com","username":"test_user"}',
    signature: 'v1,tZ1I4/hDygAJgO5TYxiSd6Sd0kDW6hPenDe+bTa3Kkw=',
  },
] as const

type Vector = (typeof VECTORS)[number]

function headers(
  { id, at, signature }: Vector,
  changes: Record<string, string> = {},
): Record<string, string> {
  const sent = { 'webhook-id': id, 'webhook-timestamp': String(at), 'webhook-signature': signature }
  return { ...sent, ...changes }
}

function at(vector: Vector, secondsLater = 0): Date {
  return new Date((vector.at + secondsLater) * 1000)
}

describe.each(VECTORS)('message $id', (vector) => {
  const [, other] = VECTORS[0] === vector ? VECTORS : [VECTORS[1], VECTORS[0]]

  test('is accepted as it was published', async () => {
    const event = await verifyWebhook(vector.body, headers(vector), vector.secret, at(vector))
    expect(event.id).toBe(vector.id)
  })

  test('is accepted with other signatures beside it, during a rotation, and five minutes late', async () => {
    const many = { 'webhook-signature': `v9,AAAA v1a,AAAA ${vector.signature}` }
    const secrets = [other.secret, vector.secret]
    await expect(
      verifyWebhook(vector.body, headers(vector, many), secrets, at(vector, 300)),
    ).resolves.toBeDefined()
  })

  test('headers may come as Headers, or in any case', async () => {
    const shouted = Object.fromEntries(
      Object.entries(headers(vector)).map(([k, v]) => [k.toUpperCase(), [v]]),
    )
    await expect(
      verifyWebhook(vector.body, new Headers(headers(vector)), vector.secret, at(vector)),
    ).resolves.toBeDefined()
    await expect(verifyWebhook(vector.body, shouted, vector.secret, at(vector))).resolves.toBeDefined()
  })

  test.each([
    ['one byte of the body', `${vector.body} `, {}, vector.secret, 0],
    ['the id', vector.body, { 'webhook-id': 'msg_other' }, vector.secret, 0],
    ['the secret', vector.body, {}, other.secret, 0],
    [
      'only the asymmetric version',
      vector.body,
      { 'webhook-signature': vector.signature.replace('v1', 'v1a') },
      vector.secret,
      0,
    ],
    ['no signature', vector.body, { 'webhook-signature': '' }, vector.secret, 0],
    ['301 seconds late', vector.body, {}, vector.secret, 301],
    ['301 seconds early', vector.body, {}, vector.secret, -301],
    ['a time that is none', vector.body, { 'webhook-timestamp': 'now' }, vector.secret, 0],
    ['a secret that is none', vector.body, {}, 'whsec_***', 0],
  ])('is refused: %s', async (_, body, changes, secret, late) => {
    await expect(verifyWebhook(body, headers(vector, changes), secret, at(vector, late))).rejects.toThrow(
      WebhookError,
    )
  })
})

test('what another implementation signs is accepted, and what it refuses is refused', async () => {
  const [{ secret, id }] = VECTORS
  const other = new Webhook(secret)
  const now = new Date()
  const body = '{"id":"evt_1","type":"verification.verified","timestamp":"2026-01-02T03:04:05Z","data":{}}'
  const signed = {
    'webhook-id': id,
    'webhook-timestamp': String(Math.floor(now.getTime() / 1000)),
    'webhook-signature': other.sign(id, now, body),
  }
  expect(other.verify(body, signed)).toMatchObject({ type: 'verification.verified' })
  await expect(verifyWebhook(body, signed, secret)).resolves.toMatchObject({ type: 'verification.verified' })
  expect(() => other.verify(`${body} `, signed)).toThrow()
  await expect(verifyWebhook(`${body} `, signed, secret)).rejects.toThrow(WebhookError)
})
