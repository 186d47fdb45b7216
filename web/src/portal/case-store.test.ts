import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { CaseView } from '@/shared/types'
import { CaseStore } from './case-store'
import { aCase } from './testing'

const ELEMENTS = { enterprise_name: '示例', uscc: 'X', legal_representative: '张三', id_number: '1' }

/** Answers by path; the event stream stays open and is written by the test. */
class FakeServer {
  readonly sent: { path: string; body: unknown }[] = []
  readonly answers = new Map<string, () => Response>()
  stream: ReadableStreamDefaultController<Uint8Array> | undefined

  readonly fetch = (path: string, init: RequestInit): Promise<Response> => {
    if (path.endsWith('/events')) return Promise.resolve(new Response(this.openStream()))
    this.sent.push({ path, body: typeof init.body === 'string' ? JSON.parse(init.body) : undefined })
    const answer = this.answers.get(path.replace('/portal/api/cases/ver_1', ''))
    return Promise.resolve(answer?.() ?? new Response('{"title":"","code":"not_found"}', { status: 404 }))
  }

  show(path: string, view: Partial<CaseView>): void {
    this.answers.set(path, () => Response.json(aCase(view)))
  }

  refuse(path: string, status: number, problem: Record<string, unknown>): void {
    this.answers.set(path, () => Response.json({ title: '', ...problem }, { status }))
  }

  async push(view: Partial<CaseView>): Promise<void> {
    const text = `event: case\ndata: ${JSON.stringify(aCase(view))}\n\n`
    this.stream?.enqueue(new TextEncoder().encode(text))
    await new Promise((resolve) => setTimeout(resolve))
  }

  private openStream(): ReadableStream<Uint8Array> {
    return new ReadableStream({ start: (controller) => void (this.stream = controller) })
  }
}

let server: FakeServer
let store: CaseStore

beforeEach(async () => {
  server = new FakeServer()
  vi.stubGlobal('fetch', server.fetch)
  server.show('', { version: 1, state: 'draft', subject_type: null, method: null })
  store = new CaseStore('ver_1')
  await store.load()
  await new Promise((resolve) => setTimeout(resolve))
})

afterEach(() => {
  store.stop()
  vi.unstubAllGlobals()
})

test('subject type and method are sent as one choice', async () => {
  store.pickSubject('individual_business')
  expect(store.screen.value).toBe('method')
  server.show('/choice', { version: 2 })
  await store.choose('face')
  expect(server.sent.at(-1)?.body).toEqual({ subject_type: 'individual_business', method: 'face' })
  expect(store.screen.value).toBe('form')
})

test('the form stays while its answer is on the way, and the QR code follows by itself', async () => {
  await server.push({ version: 2 })
  server.answers.set('/elements', () => {
    expect(store.busy.value).toBe('elements')
    return Response.json(aCase({ version: 3, state: 'checking' }))
  })
  expect(await store.submit(ELEMENTS)).toBe(true)
  expect(store.screen.value).toBe('checking')
  store.typed.id_number = '11010519491231002X'
  await server.push({ version: 4, state: 'awaiting_scan' })
  expect(store.screen.value).toBe('qr')
  expect(store.typed.id_number).toBe('')
})

test('a second click while the first is under way does nothing', async () => {
  server.show('/invitation', { version: 2, state: 'awaiting_scan' })
  const [first, second] = await Promise.all([store.renewInvitation(), store.renewInvitation()])
  expect([first, second]).toEqual([true, false])
})

test('an older view that arrives late is passed over', async () => {
  await server.push({ version: 5, state: 'awaiting_scan' })
  await server.push({ version: 4, state: 'draft' })
  expect(store.view.value?.state).toBe('awaiting_scan')
})

test('progress within a version is shown', async () => {
  const scan = {
    phase: 'scanning',
    match_code: '42',
    expires_at: '2026-11-23T00:15:00Z',
    step: 1,
    steps: 3,
    tries_left: 3,
  } as const
  await server.push({ version: 5, state: 'face_running', scan })
  await server.push({ version: 5, state: 'face_running', scan: { ...scan, step: 2 } })
  expect(store.view.value?.scan?.step).toBe(2)
})

test('going back to a choice ends when the case moves on', async () => {
  await server.push({ version: 2, state: 'awaiting_scan' })
  store.goBackTo('method')
  expect(store.screen.value).toBe('method')
  await server.push({ version: 3, state: 'scan_claimed' })
  expect(store.screen.value).toBe('scan')
})

describe('becoming verified', () => {
  test('before our eyes loads the details and may lead back to the platform', async () => {
    server.answers.set('/credential', () => Response.json({ id: 'crd_1', enterprise_name: '示例' }))
    await server.push({ version: 9, state: 'verified' })
    await vi.waitFor(() => expect(store.credential.value?.id).toBe('crd_1'))
    expect(store.justVerified.value).toBe(true)
  })

  test('earlier shows the details and leads nowhere by itself', async () => {
    server.show('', { version: 9, state: 'verified' })
    server.answers.set('/credential', () => Response.json({ id: 'crd_1' }))
    const later = new CaseStore('ver_1')
    await later.load()
    expect(later.justVerified.value).toBe(false)
    await vi.waitFor(() => expect(later.credential.value?.id).toBe('crd_1'))
  })
})

describe('a refusal', () => {
  test('of an ended session takes the whole page', async () => {
    server.refuse('/edit', 401, { code: 'session_invalid' })
    await store.edit()
    expect(store.fatal.value?.code).toBe('session_invalid')
  })

  test('because the case moved on shows where it is now', async () => {
    server.refuse('/edit', 409, { code: 'not_allowed_now' })
    server.show('', { version: 6, state: 'face_running' })
    expect(await store.edit()).toBe(false)
    expect(store.view.value?.state).toBe('face_running')
    expect(store.problem.value?.code).toBe('not_allowed_now')
  })

  test('is forgotten with the next action', async () => {
    server.refuse('/edit', 503, { code: 'system_error' })
    await store.edit()
    server.show('/edit', { version: 2 })
    await store.edit()
    expect(store.problem.value).toBeUndefined()
  })
})

test('a clock that is wrong here is made up for', async () => {
  await server.push({ version: 2, server_time: new Date(Date.now() + 3_600_000).toISOString() })
  expect(Math.round(store.clockOffset.value / 60_000)).toBe(60)
})
