/** One call: the key, the idempotency key, the time limit, the retries. */
import { ConnectionError, errorOf, type ShimingError } from './errors.js'
import type { CallOptions } from './types.js'

/** How the server is reached. */
export interface Settings {
  /** `sk_test_…` or `sk_live_…`. Keep it on your server. */
  apiKey: string
  /** Address of the Shiming server, such as `https://verify.example.cn`. */
  baseUrl: string
  /** Milliseconds that one attempt may take; 20 000 if absent. */
  timeoutMs?: number
  /** Further attempts after the first; 3 if absent. */
  retries?: number
  /** Another `fetch`, for tests and proxies. */
  fetch?: typeof fetch
}

export interface Call extends CallOptions {
  method: 'GET' | 'POST' | 'PATCH' | 'DELETE'
  path: string
  query?: Record<string, string | number | undefined>
  body?: unknown
}

const PASSING = [408, 429, 500, 502, 503, 504]
const FIRST_PAUSE_MS = 300
const LONGEST_PAUSE_MS = 20_000

export class Transport {
  readonly #settings: Required<Settings>

  constructor(settings: Settings) {
    const bound: typeof fetch = (...request) => globalThis.fetch(...request)
    this.#settings = { timeoutMs: 20_000, retries: 3, fetch: bound, ...settings }
  }

  /** The parsed answer, `undefined` for 204. Retries keep the idempotency key, so nothing is done twice. */
  async send<Answer>(call: Call): Promise<Answer> {
    const request = this.#request(call)
    for (let attempt = 0; ; attempt++) {
      const outcome = await this.#attempt<Answer>(call, request)
      if ('answer' in outcome) return outcome.answer
      if (attempt >= this.#settings.retries || !outcome.passing) throw outcome.error
      await pause(outcome.afterMs ?? backoff(attempt), call.signal)
    }
  }

  #request(call: Call): { url: string; init: RequestInit } {
    const url = new URL(call.path, this.#settings.baseUrl)
    for (const [name, value] of Object.entries(call.query ?? {})) {
      if (value !== undefined) url.searchParams.set(name, String(value))
    }
    const headers: Record<string, string> = {
      Accept: 'application/json',
      Authorization: `Bearer ${this.#settings.apiKey}`,
    }
    if (call.method === 'POST') headers['Idempotency-Key'] = `"${call.idempotencyKey ?? crypto.randomUUID()}"`
    const init: RequestInit = { method: call.method, headers, redirect: 'error' }
    if (call.method === 'POST' || call.method === 'PATCH') {
      headers['Content-Type'] = 'application/json'
      init.body = JSON.stringify(call.body ?? {})
    }
    return { url: url.href, init }
  }

  async #attempt<Answer>(
    call: Call,
    { url, init }: { url: string; init: RequestInit },
  ): Promise<{ answer: Answer } | { error: ShimingError; passing: boolean; afterMs?: number | undefined }> {
    const limit = AbortSignal.timeout(this.#settings.timeoutMs)
    const signal = call.signal ? AbortSignal.any([call.signal, limit]) : limit
    try {
      const response = await this.#settings.fetch(url, { ...init, signal })
      if (response.status === 204) return { answer: undefined as Answer }
      const body: unknown = await response.json().catch(() => undefined)
      if (response.ok) return { answer: body as Answer }
      return {
        error: errorOf(response.status, body),
        passing: PASSING.includes(response.status),
        afterMs: retryAfter(response.headers.get('retry-after')),
      }
    } catch (thrown) {
      call.signal?.throwIfAborted()
      return { error: new ConnectionError(thrown), passing: true }
    }
  }
}

/** Milliseconds that the server asks for (RFC 9110, section 10.2.3); unreasonably long ones are left to the caller. */
function retryAfter(value: string | null): number | undefined {
  if (value === null) return undefined
  const seconds = Number(value)
  const ms = Number.isNaN(seconds) ? Date.parse(value) - Date.now() : seconds * 1000
  return Number.isFinite(ms) ? Math.min(Math.max(ms, 0), LONGEST_PAUSE_MS) : undefined
}

function backoff(attempt: number): number {
  const longest = Math.min(FIRST_PAUSE_MS * 2 ** attempt, LONGEST_PAUSE_MS)
  return longest / 2 + Math.random() * (longest / 2)
}

async function pause(ms: number, signal?: AbortSignal): Promise<void> {
  await new Promise<void>((done, fail) => {
    const timer = setTimeout(done, ms)
    signal?.addEventListener(
      'abort',
      () => {
        clearTimeout(timer)
        fail(signal.reason as Error)
      },
      { once: true },
    )
  })
}
