import { beforeEach, describe, expect, test, vi } from 'vitest'
import { NETWORK_LOST, Problem } from '@/shared/api'
import type { NoticeView, ScanState, ScanView } from '@/shared/types'
import { Controller } from './controller'
import type { Server } from './server'

const view = (state: ScanState): ScanView => ({
  state,
  demo: false,
  platform: { name: '示例云' },
  account: { id: 'acct-1001', name: 'demo@example.cn' },
  enterprise_name: '北京示例有限公司',
  uscc: '91110108MA01C2XK3B',
  legal_representative: '张*',
  match_code: '42',
  tries_left: 3,
  expires_at: null,
  last_error: null,
})

const notice: NoticeView = {
  version: '2026-11',
  who: '',
  purpose: '',
  how: '',
  retention: '',
  rights: '',
  alternatives: '',
}

const problem = (status: number, code: string): Problem => new Problem({ title: code, status, code })
const OFFLINE = problem(0, NETWORK_LOST)

const server = {
  claim: vi.fn<Server['claim']>(),
  scan: vi.fn<Server['scan']>(),
  notice: vi.fn<Server['notice']>(),
  answerConsent: vi.fn<Server['answerConsent']>(),
  config: vi.fn<Server['config']>(),
}

let controller: Controller
const flow = () => controller.store.state()
const screen = () => flow().screen

beforeEach(() => {
  vi.resetAllMocks()
  server.notice.mockResolvedValue(notice)
  controller = new Controller(server)
})

const arrive = (rest: Partial<Parameters<Controller['arrive']>[0]> = {}) =>
  controller.arrive({ token: null, wantsScanner: false, problem: null, ...rest })

describe('arriving', () => {
  test('with a link: claims it, shows who asks, and has the notice ready', async () => {
    server.claim.mockResolvedValue(view('consent'))
    await arrive({ token: 'TOKEN' })
    expect(server.claim).toHaveBeenCalledWith('TOKEN')
    expect(flow()).toMatchObject({ screen: { name: 'ask' }, notice })
  })

  test('in a browser that can’t film: claims nothing, so that the link works elsewhere', async () => {
    await arrive({ token: 'TOKEN', problem: 'in_app' })
    expect(server.claim).not.toHaveBeenCalled()
    expect(screen()).toEqual({ name: 'blocked', problem: 'in_app' })
  })

  test('without a link: goes on with this phone’s scan', async () => {
    server.scan.mockResolvedValue(view('ready'))
    await arrive()
    expect(screen().name).toBe('start')
  })

  test('without a link or a scan: offers to scan a code', async () => {
    server.scan.mockRejectedValue(problem(401, 'session_invalid'))
    await arrive()
    expect(screen().name).toBe('scanner')
  })

  test('at /scan: an ended scan does not stand in the way of the next, an open one goes on', async () => {
    server.scan.mockResolvedValue(view('verified'))
    await arrive({ wantsScanner: true })
    expect(screen().name).toBe('scanner')
    server.scan.mockResolvedValue(view('ready'))
    await arrive({ wantsScanner: true })
    expect(screen().name).toBe('start')
  })

  test.each([
    [410, 'qr_expired'],
    [409, 'qr_already_claimed'],
  ])('with a dead link (%i): says %s', async (status, code) => {
    server.claim.mockRejectedValue(problem(status, code))
    await arrive({ token: 'TOKEN' })
    expect(screen()).toMatchObject({ name: 'refused', trouble: { code } })
  })

  test('without a network: the same link is tried again on demand', async () => {
    server.claim.mockRejectedValueOnce(OFFLINE)
    await arrive({ token: 'TOKEN' })
    expect(screen()).toMatchObject({ name: 'refused', trouble: { code: NETWORK_LOST } })
    server.claim.mockResolvedValue(view('consent'))
    await controller.retry()
    expect(server.claim).toHaveBeenLastCalledWith('TOKEN')
    expect(screen().name).toBe('ask')
  })
})

describe('answering', () => {
  beforeEach(async () => {
    server.claim.mockResolvedValue(view('consent'))
    await arrive({ token: 'TOKEN' })
    controller.store.dispatch({ type: 'recognised' })
  })

  test('yes: with the version that was read', async () => {
    server.answerConsent.mockResolvedValue(view('ready'))
    await controller.answer(true)
    expect(server.answerConsent).toHaveBeenCalledWith('2026-11', true)
    expect(screen().name).toBe('start')
  })

  test('no: the PC is free for another method', async () => {
    server.answerConsent.mockResolvedValue(view('declined'))
    await controller.answer(false)
    expect(screen()).toMatchObject({ name: 'end', end: 'declined' })
  })

  test('a notice that changed meanwhile is shown before it can be agreed to', async () => {
    server.answerConsent.mockRejectedValue(problem(422, 'invalid_input'))
    server.notice.mockResolvedValue({ ...notice, version: '2026-12' })
    await controller.answer(true)
    expect(flow()).toMatchObject({ screen: { name: 'consent' }, noticeUpdated: true, busy: false })
  })

  test('without a network: says so and can be repeated', async () => {
    server.answerConsent.mockRejectedValue(OFFLINE)
    await controller.answer(true)
    expect(flow()).toMatchObject({
      screen: { name: 'consent' },
      busy: false,
      trouble: { code: NETWORK_LOST },
    })
  })

  test('when the PC has moved on: follows it', async () => {
    server.answerConsent.mockRejectedValue(problem(409, 'not_allowed_now'))
    server.scan.mockResolvedValue(view('closed'))
    await controller.answer(true)
    await vi.waitFor(() => expect(screen()).toMatchObject({ name: 'end', end: 'closed' }))
  })

  test('no, although the notice could not be loaded before', async () => {
    server.notice.mockRejectedValueOnce(OFFLINE)
    await arrive({ token: 'TOKEN' })
    expect(flow().notice).toBeNull()
    server.answerConsent.mockResolvedValue(view('declined'))
    await controller.answer(false)
    expect(screen()).toMatchObject({ end: 'declined' })
  })
})

describe('during the scan', () => {
  beforeEach(async () => {
    server.scan.mockResolvedValue(view('ready'))
    await arrive()
    controller.store.dispatch({ type: 'camera_wanted' })
  })

  test('a lost network is no reason to leave the screen', async () => {
    server.scan.mockRejectedValue(OFFLINE)
    await controller.refresh()
    expect(screen().name).toBe('face')
  })

  test('a session that is over is', async () => {
    server.scan.mockRejectedValue(problem(401, 'session_invalid'))
    await controller.refresh()
    expect(screen().name).toBe('refused')
  })

  test('a connection that ended because the PC renewed the code ends the scan', async () => {
    server.scan.mockResolvedValue(view('closed'))
    await controller.scanEnded('ask')
    expect(screen()).toMatchObject({ name: 'end', end: 'closed' })
  })

  test.each([
    ['give_up', NETWORK_LOST],
    ['fault', 'system_error'],
    ['ask', 'system_error'],
  ] as const)('a connection that ended (%s) otherwise leads back to the start: %s', async (why, code) => {
    await controller.scanEnded(why)
    expect(flow()).toMatchObject({ screen: { name: 'start' }, trouble: { code } })
  })

  test('a result that is no judgement is followed by the server’s word', async () => {
    server.scan.mockResolvedValue(view('closed'))
    await controller.scanResult({ outcome: 'no_try_used', code: 'qr_expired', triesLeft: 0 })
    expect(screen()).toMatchObject({ name: 'end', end: 'closed' })
  })

  test('a judgement needs no second word', async () => {
    server.scan.mockClear()
    await controller.scanResult({ outcome: 'verified', code: null, triesLeft: 3 })
    expect(server.scan).not.toHaveBeenCalled()
    expect(screen()).toMatchObject({ name: 'end', end: 'verified' })
  })
})
