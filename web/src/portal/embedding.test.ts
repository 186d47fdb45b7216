// @vitest-environment happy-dom
import { afterEach, expect, it, vi } from 'vitest'
import { say } from './embedding'

vi.mock('@/shared/api', () => ({
  request: vi.fn(() => Promise.resolve({ origins: ['https://shop.example'] })),
}))

afterEach(() => vi.unstubAllGlobals())

it('speaks to registered origins only, and never of the outcome', async () => {
  const postMessage = vi.fn()
  vi.stubGlobal('opener', { postMessage })
  await say('ver_1', 'finished')
  expect(postMessage.mock.calls).toEqual([
    [{ source: 'shiming', type: 'finished', verification_id: 'ver_1' }, 'https://shop.example'],
  ])
})

it('keeps silent when nobody listens', async () => {
  const { request } = await import('@/shared/api')
  vi.mocked(request).mockClear()
  vi.stubGlobal('opener', null)
  await say('ver_1', 'ready')
  expect(request).not.toHaveBeenCalled()
})
