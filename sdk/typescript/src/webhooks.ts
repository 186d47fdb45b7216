/** Checking a webhook message (Standard Webhooks 1.0) with Web Crypto alone. */
import type { EventData, EventType } from './types.js'

/** A checked message. */
export interface WebhookEvent {
  /** The same on every retry: use it to take each event once. */
  id: string
  /** Pass over types that you don't know. */
  type: EventType | (string & {})
  timestamp: string
  /** Ids and states only: fetch the rest with your API key. */
  data: EventData
}

/** Headers, however your framework keeps them. */
export type WebhookHeaders = Headers | Record<string, string | string[] | undefined>

/** The message is not to be trusted, or not to be read. Answer with 400. */
export class WebhookError extends Error {
  override readonly name = 'WebhookError'
}

const TOLERANCE_SECONDS = 300
const PREFIX = 'whsec_'

/**
 * Checks signature and time of a message and parses it.
 *
 * `body` must be the text as it came, before any JSON parser. `secrets`: the endpoint's `whsec_…`; both during a rotation.
 */
export async function verifyWebhook(
  body: string,
  headers: WebhookHeaders,
  secrets: string | readonly string[],
  now: Date = new Date(),
): Promise<WebhookEvent> {
  const id = header(headers, 'webhook-id')
  const sentAt = header(headers, 'webhook-timestamp')
  checkTime(sentAt, now)
  const offered = header(headers, 'webhook-signature').split(' ')
  const signed = new TextEncoder().encode(`${id}.${sentAt}.${body}`)
  for (const secret of typeof secrets === 'string' ? [secrets] : secrets) {
    if (await isSigned(signed, offered, secret)) return parse(id, body)
  }
  throw new WebhookError('no signature fits: is it the secret of this endpoint, and the body as it came?')
}

function header(headers: WebhookHeaders, name: string): string {
  const found = headers instanceof Headers ? headers.get(name) : lookUp(headers, name)
  if (!found) throw new WebhookError(`the header ${name} is missing`)
  return found
}

function lookUp(headers: Record<string, string | string[] | undefined>, name: string): string | undefined {
  const key = Object.keys(headers).find((key) => key.toLowerCase() === name)
  const value = key === undefined ? undefined : headers[key]
  return Array.isArray(value) ? value[0] : value
}

function checkTime(sentAt: string, now: Date): void {
  const seconds = /^\d{1,12}$/.test(sentAt) ? Number(sentAt) : Number.NaN
  const off = Math.abs(now.getTime() / 1000 - seconds)
  if (!(off <= TOLERANCE_SECONDS))
    throw new WebhookError('the message is older or newer than five minutes; check the clock')
}

/** `verify` compares in constant time. */
async function isSigned(signed: BufferSource, offered: readonly string[], secret: string): Promise<boolean> {
  const bytes = base64(secret.startsWith(PREFIX) ? secret.slice(PREFIX.length) : secret)
  if (!bytes || bytes.length === 0) throw new WebhookError('the secret does not read `whsec_` and base64')
  const algorithm = { name: 'HMAC', hash: 'SHA-256' }
  const key = await crypto.subtle.importKey('raw', bytes, algorithm, false, ['verify'])
  for (const signature of offered) {
    const [version, value] = signature.split(',')
    const mac = version === 'v1' && value ? base64(value) : undefined
    if (mac && (await crypto.subtle.verify('HMAC', key, mac, signed))) return true
  }
  return false
}

function base64(text: string): Uint8Array<ArrayBuffer> | undefined {
  try {
    return Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0))
  } catch {
    return undefined
  }
}

function parse(id: string, body: string): WebhookEvent {
  try {
    const { type, timestamp, data } = JSON.parse(body) as Omit<WebhookEvent, 'id'>
    return { id, type, timestamp, data }
  } catch {
    throw new WebhookError('the body is no JSON')
  }
}
