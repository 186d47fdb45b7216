import { afterEach, expect, test, vi } from 'vitest'
import { asProblem, request, type Problem } from './api'

afterEach(() => vi.unstubAllGlobals())

function answering(status: number, body: BodyInit | null, headers: Record<string, string> = {}) {
  const fetched = vi.fn<typeof fetch>(() => Promise.resolve(new Response(body, { status, headers })))
  vi.stubGlobal('fetch', fetched)
  return fetched
}

async function failureOf(promise: Promise<unknown>): Promise<Problem> {
  return promise.then(
    () => {
      throw new Error('was expected to fail')
    },
    (thrown: unknown) => asProblem(thrown),
  )
}

test('a request says its language and sends JSON', async () => {
  const fetched = answering(200, '{"state":"draft"}')
  document.documentElement.lang = 'en'
  expect(await request('/x', { method: 'POST', body: { a: 1 } })).toEqual({ state: 'draft' })
  const init = fetched.mock.calls[0]?.[1]
  expect(init?.headers).toMatchObject({ 'Accept-Language': 'en', 'Content-Type': 'application/json' })
  expect(init?.body).toBe('{"a":1}')
})

test('a form with a file goes out as it is, so that the browser writes its boundary', async () => {
  const fetched = answering(204, null)
  await request('/x', { method: 'POST', body: new FormData() })
  expect(fetched.mock.calls[0]?.[1]?.headers).not.toHaveProperty('Content-Type')
})

test("the server's problem arrives whole", async () => {
  const body = {
    title: 't',
    code: 'element_mismatch',
    detail: 'd',
    tries_left: 4,
    errors: [{ pointer: '/uscc', code: 'uscc_invalid' }],
  }
  answering(422, JSON.stringify(body))
  const problem = await failureOf(request('/x'))
  expect(problem).toMatchObject({ code: 'element_mismatch', status: 422, message: 'd' })
  expect(problem.body.tries_left).toBe(4)
  expect(problem.errors[0]?.pointer).toBe('/uscc')
})

test.each([
  [502, 'network_lost'],
  [504, 'network_lost'],
  [500, 'system_error'],
  [404, 'system_error'],
])("a proxy's page with status %i reads as %s", async (status, code) => {
  answering(status, '<html>Bad Gateway</html>')
  expect((await failureOf(request('/x'))).code).toBe(code)
})

test('no answer at all is a lost network', async () => {
  vi.stubGlobal('fetch', () => Promise.reject(new TypeError('Failed to fetch')))
  expect((await failureOf(request('/x'))).isNetworkLost).toBe(true)
})

test('a request that takes too long is given up', async () => {
  vi.useFakeTimers()
  vi.stubGlobal('fetch', (_: string, init: RequestInit) => {
    return new Promise((_resolve, reject) => {
      init.signal?.addEventListener('abort', () => reject(new DOMException('aborted', 'AbortError')))
    })
  })
  const failure = failureOf(request('/x', { timeoutMs: 500 }))
  await vi.advanceTimersByTimeAsync(500)
  expect((await failure).isNetworkLost).toBe(true)
  vi.useRealTimers()
})
