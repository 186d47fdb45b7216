/**
 * Server-sent events that survive sleep, lost networks and restarts.
 *
 * `EventSource` is not used: it hides the server's comment lines, so a half-open connection would look alive for
 * ever, and it hides the status of a refusal, so an ended session would look like a lost network.
 */
import { createParser } from 'eventsource-parser'
import { asProblem, problemOf, type Problem } from './api'

export interface EventStreamOptions {
  /** The name of the events to hand on. */
  event: string
  onData: (data: unknown) => void
  /** `true` once connected, `false` while the connection is lost and being retried. */
  onConnected: (connected: boolean) => void
  /** The server refused for good (4xx); the stream has ended. */
  onRefused: (problem: Problem) => void
}

/** The server sends at least a comment every 15 s; silence for longer than this means a dead connection. */
export const SILENCE_LIMIT_MS = 40_000
const FIRST_RETRY_MS = 1_000
const SLOWEST_RETRY_MS = 15_000

/** The pause before retry number `attempt` (from 0): doubling, with a ceiling. */
export function retryDelay(attempt: number): number {
  return Math.min(FIRST_RETRY_MS * 2 ** attempt, SLOWEST_RETRY_MS)
}

class EventStream {
  private lastId: string | undefined
  private attempt = 0
  private closed = false
  private connection: AbortController | undefined
  private wake: (() => void) | undefined

  constructor(
    private readonly url: string,
    private readonly options: EventStreamOptions,
  ) {}

  async run(): Promise<void> {
    window.addEventListener('online', this.retryNow)
    while (!this.closed) {
      const refusal = await this.readOnce().catch(() => undefined)
      await this.afterEnd(refusal)
    }
  }

  private async afterEnd(refusal: Problem | undefined): Promise<void> {
    if (this.closed) return
    if (refusal) {
      this.close()
      this.options.onRefused(refusal)
      return
    }
    this.options.onConnected(false)
    await this.pause(retryDelay(this.attempt++))
  }

  readonly close = (): void => {
    this.closed = true
    window.removeEventListener('online', this.retryNow)
    this.connection?.abort()
    this.wake?.()
  }

  private readonly retryNow = (): void => this.wake?.()

  private pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms)
      this.wake = () => {
        clearTimeout(timer)
        resolve()
      }
    })
  }

  /** One connection, from request to end; resolves to a refusal that no retry can mend, if that was the answer. */
  private async readOnce(): Promise<Problem | undefined> {
    const connection = new AbortController()
    this.connection = connection
    const headers: Record<string, string> = { Accept: 'text/event-stream' }
    if (this.lastId !== undefined) headers['Last-Event-ID'] = this.lastId
    const response = await fetch(this.url, { headers, signal: connection.signal, cache: 'no-store' })
    if (!response.ok) return isFinal(response.status) ? problemOf(response) : undefined
    if (!response.body) return undefined
    this.attempt = 0
    this.options.onConnected(true)
    await this.readBody(response.body.getReader(), connection)
    return undefined
  }

  private async readBody(
    reader: ReadableStreamDefaultReader<Uint8Array>,
    connection: AbortController,
  ): Promise<void> {
    const decoder = new TextDecoder()
    const parser = createParser({ onEvent: (event) => this.receive(event.event, event.data, event.id) })
    let watchdog = setTimeout(() => connection.abort(), SILENCE_LIMIT_MS)
    try {
      for (;;) {
        const { value, done } = await reader.read()
        clearTimeout(watchdog)
        if (done) return
        watchdog = setTimeout(() => connection.abort(), SILENCE_LIMIT_MS)
        parser.feed(decoder.decode(value, { stream: true }))
      }
    } finally {
      clearTimeout(watchdog)
    }
  }

  private receive(event: string | undefined, data: string, id: string | undefined): void {
    if (id !== undefined) this.lastId = id
    if (this.closed || event !== this.options.event) return
    this.options.onData(JSON.parse(data))
  }
}

/** Whether a status can't be mended by asking again: refusals, but neither "slow down" nor a time-out. */
function isFinal(status: number): boolean {
  return status >= 400 && status < 500 && status !== 408 && status !== 429
}

/** Listens to `url` until the returned function is called or the server refuses. */
export function listen(url: string, options: EventStreamOptions): () => void {
  const stream = new EventStream(url, options)
  stream.run().catch((thrown: unknown) => options.onRefused(asProblem(thrown)))
  return stream.close
}
