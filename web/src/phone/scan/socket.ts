/** The scan's one WebSocket, opened again as often as the server keeps the try. */

import { afterClose } from './connection'
import { parseServerMessage, type PhoneMessage, type ServerMessage } from './protocol'

/** Why the connection won't be opened again: see `AfterClose`. */
export type Ended = 'ask' | 'fault' | 'give_up'

export interface SocketHandlers {
  /** The connection is open; the greeting has to be the first message. */
  onOpen: () => void
  onMessage: (message: ServerMessage) => void
  onLost: () => void
  onEnded: (why: Ended) => void
}

/** After opening, the server says `ready` or `wait` within this time, or the connection is dead. */
const GREETING_MS = 10_000

export class ScanSocket {
  private socket: WebSocket | undefined
  private attempt = 0
  private lostSinceMs = performance.now()
  private closed = false
  private retryTimer: ReturnType<typeof setTimeout> | undefined
  private greetingTimer: ReturnType<typeof setTimeout> | undefined

  constructor(
    private readonly url: string,
    private readonly handlers: SocketHandlers,
  ) {}

  open(): void {
    clearTimeout(this.retryTimer)
    const socket = new WebSocket(this.url)
    socket.binaryType = 'arraybuffer'
    this.socket = socket
    this.expectGreeting()
    socket.addEventListener('open', () => {
      if (socket === this.socket) this.handlers.onOpen()
    })
    socket.addEventListener('message', (event) => {
      if (socket === this.socket) this.receive(event.data)
    })
    socket.addEventListener('close', (event) => {
      if (socket === this.socket) this.onClose(event.code)
    })
  }

  send(message: PhoneMessage): void {
    if (this.isOpen()) this.socket?.send(JSON.stringify(message))
  }

  sendFrame(frame: ArrayBuffer): void {
    if (this.isOpen()) this.socket?.send(frame)
  }

  bufferedBytes(): number {
    return this.socket?.bufferedAmount ?? 0
  }

  /** Gives a dead connection up without waiting for the network to notice. */
  drop(): void {
    const { socket } = this
    if (!socket) return
    this.onClose(0)
    socket.close()
  }

  /** Tries again at once if the connection is lost: the network or the page is back. */
  retryNow(): void {
    if (!this.closed && !this.socket) this.open()
  }

  /** Ends the connection for good. */
  close(): void {
    this.closed = true
    clearTimeout(this.retryTimer)
    clearTimeout(this.greetingTimer)
    this.socket?.close(1000)
    this.socket = undefined
  }

  private isOpen(): boolean {
    return this.socket?.readyState === WebSocket.OPEN
  }

  private expectGreeting(): void {
    clearTimeout(this.greetingTimer)
    this.greetingTimer = setTimeout(() => this.drop(), GREETING_MS)
  }

  private receive(data: unknown): void {
    if (typeof data !== 'string') return
    const message = parseServerMessage(data)
    if (!message) return
    clearTimeout(this.greetingTimer)
    if (message.type === 'ready' || message.type === 'wait') this.attempt = 0
    this.handlers.onMessage(message)
  }

  private onClose(code: number): void {
    clearTimeout(this.greetingTimer)
    this.socket = undefined
    if (this.closed) return
    if (this.attempt === 0) this.lostSinceMs = performance.now()
    const next = afterClose({ code, attempt: this.attempt, lostForMs: performance.now() - this.lostSinceMs })
    if (next.kind !== 'retry') {
      this.closed = true
      this.handlers.onEnded(next.kind)
      return
    }
    this.attempt += 1
    this.handlers.onLost()
    this.retryTimer = setTimeout(() => this.open(), next.pauseMs)
  }
}
