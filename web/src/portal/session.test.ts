import { afterEach, describe, expect, test, vi } from 'vitest'
import { caseIdOf, startSession, takeSecret } from './session'

afterEach(() => vi.unstubAllGlobals())

test.each([
  ['/verify/ver_0198', 'ver_0198'],
  ['/verify/ver_0198/', 'ver_0198'],
  ['/verify/', undefined],
  ['/verify/a/b', undefined],
  ['/', undefined],
])('the path %s names the case %s', (path, id) => {
  expect(caseIdOf(path)).toBe(id)
})

describe('the secret', () => {
  test('leaves the address, the rest of it stays', () => {
    history.replaceState(null, '', '/verify/ver_1?lang=en#s3cret%2B')
    expect(takeSecret()).toBe('s3cret+')
    expect(location.href).toMatch(/\/verify\/ver_1\?lang=en$/)
    expect(takeSecret()).toBeUndefined()
  })

  test('is traded for the cookie', async () => {
    const fetched = vi.fn<typeof fetch>(() => Promise.resolve(new Response(null, { status: 204 })))
    vi.stubGlobal('fetch', fetched)
    expect(await startSession('ver_1', 's3cret')).toBeUndefined()
    expect(fetched.mock.calls[0]?.[1]?.body).toBe('{"case_id":"ver_1","secret":"s3cret","embedded":false}')
  })

  test('may be used up: the cookie of the first time decides', async () => {
    vi.stubGlobal('fetch', () => Promise.resolve(Response.json({ code: 'session_invalid' }, { status: 401 })))
    expect((await startSession('ver_1', 'used'))?.code).toBe('session_invalid')
  })

  test('is not needed by whoever comes back', async () => {
    const fetched = vi.fn()
    vi.stubGlobal('fetch', fetched)
    await startSession('ver_1', undefined)
    expect(fetched).not.toHaveBeenCalled()
  })
})
