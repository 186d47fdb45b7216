import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { listen, retryDelay, SILENCE_LIMIT_MS } from './events'

/** A server whose streams the test writes to, and which remembers what it was asked. */
class FakeServer {
  readonly asked: Headers[] = []
  readonly streams: ReadableStreamDefaultController<Uint8Array>[] = []
  refuseWith: Response | undefined

  readonly fetch = (_: string, init: RequestInit): Promise<Response> => {
    this.asked.push(new Headers(init.headers))
    if (this.refuseWith) return Promise.resolve(this.refuseWith)
    const body = new ReadableStream<Uint8Array>({
      start: (controller) => {
        this.streams.push(controller)
        init.signal?.addEventListener('abort', () =>
          controller.error(new DOMException('aborted', 'AbortError')),
        )
      },
    })
    return Promise.resolve(new Response(body, { status: 200 }))
  }

  async send(text: string): Promise<void> {
    this.streams.at(-1)?.enqueue(new TextEncoder().encode(text))
    await vi.advanceTimersByTimeAsync(0)
  }

  async end(): Promise<void> {
    this.streams.at(-1)?.close()
    await vi.advanceTimersByTimeAsync(0)
  }
}

let server: FakeServer
let received: unknown[]
let connected: boolean[]
let refused: string[]

function start(): () => void {
  return listen('/events', {
    event: 'case',
    onData: (data) => received.push(data),
    onConnected: (is) => connected.push(is),
    onRefused: (problem) => refused.push(problem.code),
  })
}

beforeEach(() => {
  vi.useFakeTimers()
  server = new FakeServer()
  received = []
  connected = []
  refused = []
  vi.stubGlobal('fetch', server.fetch)
})

afterEach(() => {
  vi.unstubAllGlobals()
  vi.useRealTimers()
})

test('events arrive, also in pieces, and other events and comments are passed over', async () => {
  const stop = start()
  await vi.advanceTimersByTimeAsync(0)
  await server.send(': hello\n\nevent: case\nid: 7\nda')
  await server.send('ta: {"version":7}\n\nevent: other\ndata: {}\n\n')
  expect(received).toEqual([{ version: 7 }])
  expect(connected).toEqual([true])
  stop()
})

test('after a loss it asks again, from where it was', async () => {
  const stop = start()
  await vi.advanceTimersByTimeAsync(0)
  await server.send('event: case\nid: 7\ndata: {}\n\n')
  await server.end()
  expect(connected).toEqual([true, false])
  await vi.advanceTimersByTimeAsync(retryDelay(0))
  expect(server.asked[0]?.get('Last-Event-ID')).toBeNull()
  expect(server.asked[1]?.get('Last-Event-ID')).toBe('7')
  expect(connected).toEqual([true, false, true])
  stop()
})

test('silence for too long is a dead connection', async () => {
  const stop = start()
  await vi.advanceTimersByTimeAsync(SILENCE_LIMIT_MS - 1)
  await server.send(': still here\n\n')
  await vi.advanceTimersByTimeAsync(SILENCE_LIMIT_MS - 1)
  expect(connected).toEqual([true])
  await vi.advanceTimersByTimeAsync(1)
  expect(connected).toEqual([true, false])
  stop()
})

test('a network that is back ends the wait at once', async () => {
  const stop = start()
  await vi.advanceTimersByTimeAsync(0)
  await server.end()
  window.dispatchEvent(new Event('online'))
  await vi.advanceTimersByTimeAsync(0)
  expect(server.asked).toHaveLength(2)
  stop()
})

test('a refusal ends it; nobody is asked again', async () => {
  server.refuseWith = new Response('{"title":"","code":"session_invalid"}', { status: 401 })
  start()
  await vi.advanceTimersByTimeAsync(60_000)
  expect(refused).toEqual(['session_invalid'])
  expect(server.asked).toHaveLength(1)
})

test.each([429, 503])('status %i is asked again', async (status) => {
  server.refuseWith = new Response('', { status })
  const stop = start()
  await vi.advanceTimersByTimeAsync(retryDelay(0))
  expect(refused).toEqual([])
  expect(server.asked).toHaveLength(2)
  stop()
})

test('once stopped it is silent', async () => {
  const stop = start()
  await vi.advanceTimersByTimeAsync(0)
  stop()
  await vi.advanceTimersByTimeAsync(60_000)
  expect(server.asked).toHaveLength(1)
  expect(connected).toEqual([true])
})

test('retries slow down to a ceiling', () => {
  expect([0, 1, 2, 3, 4, 20].map(retryDelay)).toEqual([1000, 2000, 4000, 8000, 15000, 15000])
})
