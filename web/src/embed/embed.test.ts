// @vitest-environment happy-dom
import { afterEach, describe, expect, it, vi } from 'vitest'
import { open, type Notice } from './embed'

const URL_OF_API = 'https://kyb.example/verify/ver_1#secret'

function said(origin: string, source: Window | null, data: unknown): void {
  window.dispatchEvent(new MessageEvent('message', { origin, source, data }))
}

afterEach(() => {
  document.body.replaceChildren()
  document.documentElement.style.overflow = ''
  vi.restoreAllMocks()
})

describe('a verification in an overlay', () => {
  it('hears the server only, and only its own frame', () => {
    const notices: Notice[] = []
    open({ url: URL_OF_API, mode: 'iframe', onNotice: (notice) => notices.push(notice) })
    const frame = document.querySelector('iframe')
    expect(frame?.allow).toBe('camera https://kyb.example')
    const own = frame?.contentWindow ?? null
    const finished = { source: 'shiming', type: 'finished', verification_id: 'ver_1' }
    said('https://evil.example', own, finished)
    said('https://kyb.example', window, finished)
    said('https://kyb.example', own, { ...finished, source: 'somebody' })
    said('https://kyb.example', own, { ...finished, type: 'verified' })
    expect(notices).toEqual([])
    said('https://kyb.example', own, finished)
    expect(notices).toEqual([{ type: 'finished', verification_id: 'ver_1' }])
  })

  /** Opens it from a button that has the focus, as a platform's page does. */
  function opened(): { button: HTMLButtonElement; notices: Notice[] } {
    const button = document.createElement('button')
    document.body.append(button)
    button.focus()
    const notices: Notice[] = []
    open({ url: URL_OF_API, mode: 'iframe', onNotice: (notice) => notices.push(notice) })
    return { button, notices }
  }

  const ways: Record<string, () => void> = {
    'its close button': () => document.querySelector<HTMLElement>('dialog button')?.click(),
    'the browser, at Esc': () => document.querySelector('dialog')?.close(),
    'Esc within the frame': () => {
      const own = document.querySelector('iframe')?.contentWindow ?? null
      said('https://kyb.example', own, { source: 'shiming', type: 'closed', verification_id: null })
    },
  }
  it.each(Object.keys(ways))('goes away by %s, tells so once, and gives the focus back', (way) => {
    const { button, notices } = opened()
    expect(document.querySelector('dialog')?.open).toBe(true)
    ways[way]?.()
    expect(document.querySelector('dialog')).toBeNull()
    expect(notices).toEqual([{ type: 'closed', verification_id: null }])
    expect(document.activeElement).toBe(button)
    expect(document.documentElement.style.overflow).toBe('')
  })
})

describe('a verification in a pop-up', () => {
  it('tells when the window was closed', () => {
    vi.useFakeTimers()
    const opened = { closed: false, close: vi.fn() }
    vi.spyOn(window, 'open').mockReturnValue(opened as unknown as Window)
    const notices: Notice[] = []
    open({ url: URL_OF_API, onNotice: (notice) => notices.push(notice) })
    vi.advanceTimersByTime(1000)
    expect(notices).toEqual([])
    opened.closed = true
    vi.advanceTimersByTime(1000)
    expect(notices).toEqual([{ type: 'closed', verification_id: null }])
    vi.useRealTimers()
  })
})

it('refuses an address that is no https', () => {
  expect(() => open({ url: 'javascript:alert(1)' })).toThrow(TypeError)
  expect(() => open({ url: 'http://kyb.example/verify/ver_1' })).toThrow(TypeError)
})
