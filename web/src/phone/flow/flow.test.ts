import { describe, expect, test } from 'vitest'
import type { NoticeView, ScanState, ScanView } from '@/shared/types'
import { INITIAL_FLOW, reduceFlow, type Flow, type FlowEvent } from './flow'

const viewIn = (state: ScanState, rest: Partial<ScanView> = {}): ScanView => ({
  state,
  demo: false,
  platform: { name: '示例云' },
  account: { id: 'acct-1001', name: 'demo@example.cn' },
  enterprise_name: '北京示例有限公司',
  uscc: '91110108MA01C2XK3B',
  legal_representative: '张*',
  match_code: '42',
  tries_left: 3,
  expires_at: '2026-01-01T00:15:00Z',
  last_error: null,
  ...rest,
})

const notice = (version: string): NoticeView => ({
  version,
  who: '',
  purpose: '',
  how: '',
  retention: '',
  rights: '',
  alternatives: '',
})

const after = (...events: FlowEvent[]): Flow => events.reduce(reduceFlow, INITIAL_FLOW)
const shows = (state: ScanState): FlowEvent => ({ type: 'view', view: viewIn(state) })
const failed = (triesLeft: number): FlowEvent => ({
  type: 'result',
  result: { outcome: 'failed', code: 'face_mismatch', triesLeft },
})

const FLOWS = {
  loading: after(),
  blocked: after({ type: 'blocked', problem: 'insecure' }),
  scanner: after({ type: 'no_invitation' }),
  refused: after({ type: 'refused', trouble: { code: 'qr_expired' } }),
  ask: after(shows('consent')),
  consent: after(shows('consent'), { type: 'recognised' }),
  start: after(shows('ready')),
  'start after a problem': after(shows('ready'), { type: 'camera_failed', problem: 'denied' }),
  face: after(shows('ready'), { type: 'camera_wanted' }),
  tried: after(shows('ready'), { type: 'camera_wanted' }, failed(2)),
  verified: after(shows('verified')),
  closed: after(shows('closed')),
} satisfies Record<string, Flow>

describe('what the server says decides the screen', () => {
  test.each([
    ['consent', 'ask'],
    ['ready', 'start'],
    ['scanning', 'start'],
  ] as const)('%s → %s', (state, screen) => {
    expect(after(shows(state)).screen.name).toBe(screen)
  })

  test.each(['verified', 'in_review', 'failed', 'declined', 'closed'] as const)('%s is an end', (state) => {
    expect(after(shows(state)).screen).toMatchObject({ name: 'end', end: state })
  })

  test.each(['verified', 'in_review', 'failed', 'declined', 'closed'] as const)(
    '%s ends each screen of a scan under way',
    (state) => {
      for (const name of ['ask', 'consent', 'start', 'start after a problem', 'face', 'tried'] as const) {
        expect(reduceFlow(FLOWS[name], shows(state)).screen, name).toMatchObject({ name: 'end', end: state })
      }
    },
  )

  test('a failed scan says why', () => {
    const last_error = {
      code: 'face_attempts_exceeded',
      tries_left: 0,
      retry_at: null,
      try_used: true,
      at: '2026-11-23T00:00:00Z',
    }
    const flow = after({ type: 'view', view: viewIn('failed', { last_error }) })
    expect(flow.screen).toMatchObject({ code: 'face_attempts_exceeded' })
  })

  test.each([
    ['consent', 'consent'],
    ['start', 'ready'],
    ['start after a problem', 'ready'],
    ['face', 'scanning'],
    ['tried', 'ready'],
  ] as const)('a fresh look leaves the person on: %s', (name, state) => {
    expect(reduceFlow(FLOWS[name], shows(state)).screen).toBe(FLOWS[name].screen)
  })

  test('a consent withdrawn by a renewed claim asks again', () => {
    expect(reduceFlow(FLOWS.face, shows('consent')).screen.name).toBe('ask')
  })
})

describe('what the person does', () => {
  test('from who is asking to the notice and back', () => {
    const reading = reduceFlow(FLOWS.ask, { type: 'recognised' })
    expect(reading.screen.name).toBe('consent')
    expect(reduceFlow(reading, { type: 'back' }).screen.name).toBe('ask')
  })

  test.each(['start', 'start after a problem', 'tried'] as const)('opens the camera from: %s', (name) => {
    expect(reduceFlow(FLOWS[name], { type: 'camera_wanted' }).screen.name).toBe('face')
  })

  test('goes back to the start with the camera’s problem', () => {
    const flow = reduceFlow(FLOWS.face, { type: 'camera_failed', problem: 'busy' })
    expect(flow.screen).toEqual({ name: 'start', problem: 'busy' })
  })

  test.each(['ask', 'consent', 'start', 'tried'] as const)(
    'thinks about another method, and stays on: %s',
    (name) => {
      const thinking = reduceFlow(FLOWS[name], { type: 'leave_wanted' })
      expect(thinking).toMatchObject({ leaving: true, screen: FLOWS[name].screen })
      expect(reduceFlow(thinking, { type: 'stay' })).toMatchObject({
        leaving: false,
        screen: FLOWS[name].screen,
      })
    },
  )

  test('the scan does not run on while thinking about another method', () => {
    const thinking = reduceFlow(FLOWS.face, { type: 'leave_wanted' })
    expect(thinking).toMatchObject({ leaving: true, screen: { name: 'start', problem: null } })
  })

  test.each(['recognised', 'camera_wanted', 'leave_wanted', 'stay', 'back'] as const)(
    '%s does nothing without a claimed scan, or after its end',
    (type) => {
      for (const name of ['loading', 'blocked', 'scanner', 'refused', 'verified', 'closed'] as const) {
        expect(reduceFlow(FLOWS[name], { type }), name).toBe(FLOWS[name])
      }
    },
  )
})

describe('how a try ends', () => {
  test('passed', () => {
    const result = { outcome: 'verified', code: null, triesLeft: 3 } as const
    expect(reduceFlow(FLOWS.face, { type: 'result', result }).screen).toMatchObject({
      name: 'end',
      end: 'verified',
    })
  })

  test('for a person to review', () => {
    const result = { outcome: 'in_review', code: null, triesLeft: 3 } as const
    expect(reduceFlow(FLOWS.face, { type: 'result', result }).screen).toMatchObject({
      name: 'end',
      end: 'in_review',
    })
  })

  test('failed, with tries left', () => {
    const flow = reduceFlow(FLOWS.face, failed(2))
    const attempt = { code: 'face_mismatch', tryUsed: true, triesLeft: 2 }
    expect(flow.screen).toEqual({ name: 'tried', attempt })
    expect(flow.view?.tries_left).toBe(2)
  })

  test('failed for the last time', () => {
    expect(reduceFlow(FLOWS.face, failed(0)).screen).toMatchObject({
      name: 'end',
      end: 'failed',
      code: 'face_mismatch',
    })
  })

  test('not judged: the tries stay as they were, although the server sends a zero', () => {
    const result = { outcome: 'no_try_used', code: 'scan_interrupted', triesLeft: 0 } as const
    const flow = reduceFlow(FLOWS.face, { type: 'result', result })
    expect(flow.screen).toMatchObject({ name: 'tried', attempt: { tryUsed: false, triesLeft: 3 } })
    expect(flow.view?.tries_left).toBe(3)
  })

  test('interrupted: back to the start, with the reason', () => {
    const flow = reduceFlow(FLOWS.face, { type: 'interrupted', trouble: { code: 'network_lost' } })
    expect(flow).toMatchObject({ screen: { name: 'start' }, trouble: { code: 'network_lost' } })
  })
})

describe('requests', () => {
  test('a failed one leaves the screen as it is and says why, until the next', () => {
    const flow = reduceFlow(
      { ...FLOWS.consent, busy: true },
      { type: 'trouble', trouble: { code: 'network_lost' } },
    )
    expect(flow).toMatchObject({
      screen: { name: 'consent' },
      busy: false,
      trouble: { code: 'network_lost' },
    })
    expect(reduceFlow(flow, { type: 'busy' })).toMatchObject({ busy: true, trouble: null })
  })

  test('trouble does not follow the person to the next screen', () => {
    const flow = reduceFlow(FLOWS.ask, { type: 'trouble', trouble: { code: 'network_lost' } })
    expect(reduceFlow(flow, { type: 'recognised' }).trouble).toBeNull()
  })

  test('another claim forgets everything of the one before', () => {
    expect(reduceFlow(FLOWS.tried, { type: 'loading' })).toEqual(INITIAL_FLOW)
  })
})

describe('the notice', () => {
  test('says when it was replaced by another version, but not when only its language changed', () => {
    const read = reduceFlow(FLOWS.consent, { type: 'notice', notice: notice('2026-11') })
    expect(read.noticeUpdated).toBe(false)
    expect(reduceFlow(read, { type: 'notice', notice: notice('2026-11') }).noticeUpdated).toBe(false)
    expect(reduceFlow(read, { type: 'notice', notice: notice('2026-12') }).noticeUpdated).toBe(true)
  })
})
