// @vitest-environment happy-dom
import { afterEach, expect, it, vi } from 'vitest'
import { leaveOnEscape, say } from './embedding'

vi.mock('@/shared/api', () => ({
  request: vi.fn(() => Promise.resolve({ origins: ['https://shop.example'] })),
}))

afterEach(() => {
  vi.unstubAllGlobals()
  document.body.replaceChildren()
})

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

it('within a frame, Esc asks the platform to put it away, unless a dialog wants it', async () => {
  const postMessage = vi.fn()
  vi.stubGlobal('parent', { postMessage })
  const stop = leaveOnEscape('ver_1')
  const press = (): void => void window.dispatchEvent(new KeyboardEvent('keydown', { key: 'Escape' }))
  const dialog = document.createElement('div')
  dialog.setAttribute('role', 'dialog')
  document.body.append(dialog)
  press()
  dialog.remove()
  press()
  stop()
  press()
  await vi.waitFor(() => expect(postMessage).toHaveBeenCalled())
  expect(postMessage.mock.calls).toEqual([
    [{ source: 'shiming', type: 'closed', verification_id: 'ver_1' }, 'https://shop.example'],
  ])
})
