import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { ScanSocket, type Ended } from './socket'
import type { ServerMessage } from './protocol'

/** A WebSocket that does only what the test tells it to. */
class FakeWebSocket extends EventTarget {
  static readonly OPEN = 1
  static all: FakeWebSocket[] = []
  readyState = 0
  bufferedAmount = 0
  binaryType = ''
  sent: unknown[] = []

  constructor(readonly url: string) {
    super()
    FakeWebSocket.all.push(this)
  }

  send(data: unknown): void {
    this.sent.push(data)
  }

  close(): void {
    this.readyState = 3
  }

  opens(): void {
    this.readyState = FakeWebSocket.OPEN
    this.dispatchEvent(new Event('open'))
  }

  says(message: unknown): void {
    this.dispatchEvent(new MessageEvent('message', { data: JSON.stringify(message) }))
  }

  closes(code: number): void {
    this.readyState = 3
    this.dispatchEvent(Object.assign(new Event('close'), { code }))
  }
}

const newest = (): FakeWebSocket => {
  const socket = FakeWebSocket.all.at(-1)
  if (!socket) throw new Error('nothing was opened')
  return socket
}

let socket: ScanSocket
let events: string[]

beforeEach(() => {
  vi.useFakeTimers()
  vi.stubGlobal('WebSocket', FakeWebSocket)
  FakeWebSocket.all = []
  events = []
  socket = new ScanSocket('wss://shiming.example/phone/api/scan/ws', {
    onOpen: () => events.push('open'),
    onMessage: (message: ServerMessage) => events.push(message.type),
    onLost: () => events.push('lost'),
    onEnded: (why: Ended) => events.push(`ended: ${why}`),
  })
  socket.open()
})

afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

describe('a scan’s connection', () => {
  test('hands on what it understands and ignores the rest', () => {
    newest().opens()
    newest().says({ type: 'still' })
    newest().says({ type: 'of another version' })
    expect(events).toEqual(['open', 'still'])
  })

  test('sends nothing before it is open', () => {
    socket.send({ type: 'leave' })
    expect(newest().sent).toEqual([])
    newest().opens()
    socket.send({ type: 'leave' })
    expect(newest().sent).toEqual(['{"type":"leave"}'])
  })

  test('opens again after a loss, sooner at first', () => {
    newest().opens()
    newest().closes(1006)
    vi.advanceTimersByTime(499)
    expect(FakeWebSocket.all).toHaveLength(1)
    vi.advanceTimersByTime(1)
    expect(FakeWebSocket.all).toHaveLength(2)
    newest().closes(1006)
    vi.advanceTimersByTime(999)
    expect(FakeWebSocket.all).toHaveLength(2)
    vi.advanceTimersByTime(1)
    expect(FakeWebSocket.all).toHaveLength(3)
    expect(events).toEqual(['open', 'lost', 'lost'])
  })

  test('opens again at once when the network is back', () => {
    newest().closes(1006)
    socket.retryNow()
    expect(FakeWebSocket.all).toHaveLength(2)
    vi.advanceTimersByTime(500)
    expect(FakeWebSocket.all).toHaveLength(2)
  })

  test('is not opened twice', () => {
    socket.retryNow()
    expect(FakeWebSocket.all).toHaveLength(1)
  })

  test('does not listen to a connection that was given up', () => {
    const old = newest()
    old.opens()
    socket.drop()
    old.says({ type: 'still' })
    old.closes(1006)
    expect(events).toEqual(['open', 'lost'])
  })

  test('gives up after the time for which the server keeps the try', () => {
    newest().opens()
    newest().closes(1006)
    for (let seconds = 0; seconds < 70; seconds += 1) {
      vi.advanceTimersByTime(1000)
      if (newest().readyState === 0) newest().closes(1006)
    }
    expect(events.at(-1)).toBe('ended: give_up')
    const opened = FakeWebSocket.all.length
    socket.retryNow()
    vi.advanceTimersByTime(60_000)
    expect(FakeWebSocket.all).toHaveLength(opened)
  })

  test('counts the time anew once the server has greeted', () => {
    newest().opens()
    newest().closes(1006)
    vi.advanceTimersByTime(500)
    newest().opens()
    newest().says({ type: 'wait', retry_after_ms: 2000, ahead: 0 })
    newest().closes(1006)
    vi.advanceTimersByTime(500)
    expect(FakeWebSocket.all).toHaveLength(3)
  })

  test('is dead when the server does not greet', () => {
    newest().opens()
    vi.advanceTimersByTime(10_000)
    expect(events).toEqual(['open', 'lost'])
  })

  test.each([
    [1000, 'ended: ask'],
    [4429, 'ended: fault'],
  ])('does not open again after the code %i', (code, event) => {
    newest().opens()
    newest().closes(code)
    vi.advanceTimersByTime(60_000)
    expect(events).toEqual(['open', event])
    expect(FakeWebSocket.all).toHaveLength(1)
  })

  test('tells nothing after it was closed', () => {
    const old = newest()
    socket.close()
    old.closes(1006)
    vi.advanceTimersByTime(60_000)
    expect(events).toEqual([])
  })
})
