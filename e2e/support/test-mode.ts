/** A platform's program with a test key: opens verifications and takes the part of phone and registry. */

import { randomUUID } from 'node:crypto'
import { testKey } from './example.ts'
import type { Server } from './server.ts'

export type Verification = { id: string; url: string; state: string }
type Values = { effect: string; uscc: string }[]

export class TestMode {
  private constructor(
    private readonly server: Server,
    private readonly key: string,
  ) {}

  static begin(server: Server): TestMode {
    return new TestMode(server, testKey(server))
  }

  async ask<Answer>(path: string, body?: unknown): Promise<Answer> {
    const headers = {
      Authorization: `Bearer ${this.key}`,
      'Content-Type': 'application/json',
      'Idempotency-Key': randomUUID(),
    }
    const sent = body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }
    const answer = await fetch(`${this.server.origin}/v1${path}`, { headers, ...sent })
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`)
    return (await answer.json()) as Answer
  }

  simulate(id: string, action: string, more: Record<string, unknown> = {}): Promise<Verification> {
    return this.ask(`/test/verifications/${id}/simulate`, { action, ...more })
  }

  open(account: string, name: string): Promise<Verification> {
    return this.ask('/verifications', { account: { id: account, name } })
  }

  /** A verification whose face is neither clearly the right nor clearly another one. */
  async unclear(account: string, name: string): Promise<Verification> {
    const opened = await this.open(account, name)
    await this.simulate(opened.id, 'choose', { subject_type: 'enterprise', method: 'face' })
    const { values } = await this.ask<{ values: Values }>('/test/values')
    const passing = values.find(({ effect }) => effect === 'match')
    const { effect: _effect, code: _code, state: _state, ...elements } = passing as unknown as Record<string, unknown>
    await this.simulate(opened.id, 'submit_elements', elements)
    const now = await this.simulate(opened.id, 'unclear_face')
    if (now.state !== 'in_review') throw new Error(`it is ${now.state}`)
    return opened
  }
}
