import { flushPromises, mount, type VueWrapper } from '@vue/test-utils'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { CaseState, CaseView, ScanProgress } from '@/shared/types'
import CasePage from './CasePage.vue'
import { CASE_STORE, CaseStore } from './case-store'
import { aBank, aCase } from './testing'
import { i18n } from './texts'

const NOW = new Date('2026-11-23T00:00:00Z')
const INVITATION = {
  seq: 2,
  url: 'https://host/s#token',
  issued_at: '2026-11-23T00:00:00Z',
  expires_at: '2026-11-23T00:05:00Z',
}
const SCAN: ScanProgress = {
  phase: 'opened',
  match_code: '42',
  expires_at: '2026-11-23T00:15:00Z',
  step: 0,
  steps: 3,
  tries_left: 3,
}
const ELEMENTS = {
  enterprise_name: '示例科技有限公司',
  uscc: '91350100M000100Y43',
  legal_representative: '买*',
  id_number: '110***********002X',
}

let store: CaseStore
let page: VueWrapper
let asked: string[]

function open(view: Partial<CaseView>): void {
  store.view.value = aCase({ elements: ELEMENTS, bank: aBank(), ...view })
  page = mount(CasePage, {
    props: { loading: false },
    attachTo: document.body,
    global: { provide: { [CASE_STORE as symbol]: store } },
  })
}

beforeEach(() => {
  vi.useFakeTimers({ now: NOW })
  i18n.setLanguage('zh-CN')
  asked = []
  vi.stubGlobal('fetch', (path: string) => {
    asked.push(path)
    return Promise.resolve(Response.json({ code: 'network_lost', title: '' }, { status: 503 }))
  })
  store = new CaseStore('ver_1')
})

afterEach(() => {
  page.unmount()
  vi.unstubAllGlobals()
  vi.useRealTimers()
})

const HEADINGS: Record<CaseState, string> = {
  draft: '填写执照信息',
  checking: '正在核对登记信息',
  sync_pending: '等待来源平台确认',
  registry_pending: '登记信息尚未同步',
  awaiting_scan: '请法定代表人扫码刷脸',
  scan_claimed: '请在手机上继续',
  face_running: '请在手机上继续',
  awaiting_transfer: '填写对公账户',
  amount_pending: '填写到账金额',
  frozen: '暂停填写',
  in_review: '等待人工审核',
  needs_info: '请补充说明',
  locked: '暂时无法继续',
  verified: '认证成功',
  rejected: '认证未通过',
  canceled: '认证已取消',
  expired: '认证已过期',
}

test.each(Object.entries(HEADINGS))(
  '%s has its screen, with one heading that can take the focus',
  (state, heading) => {
    open({ state: state as CaseState, scan: state === 'scan_claimed' ? SCAN : null })
    const headings = page.findAll('h1')
    expect(headings.map((each) => each.text())).toEqual([heading])
    expect(headings[0]?.attributes('tabindex')).toBe('-1')
  },
)

test('every screen speaks English too', async () => {
  i18n.setLanguage('en')
  for (const state of Object.keys(HEADINGS) as CaseState[]) {
    open({ state })
    expect(page.text(), state).not.toMatch(/portal\.|common\./)
    expect(page.get('h1').text(), state).toMatch(/^[\x20-\x7e’]+$/)
    page.unmount()
    await flushPromises()
  }
  open({})
})

test('a method that is not offered stands there, disabled, with its reason', () => {
  open({ method: null })
  const bank = page.get<HTMLInputElement>('input[value="bank"]')
  expect(bank.element.disabled).toBe(true)
  expect(page.text()).toContain('本服务器暂未接入银行打款')
})

describe('the QR code', () => {
  test('is the present one, and says for how long', () => {
    open({ state: 'awaiting_scan', invitation: INVITATION })
    expect(page.get('img').attributes('src')).toBe('/portal/api/cases/ver_1/qr.svg?seq=2')
    expect(page.get('[role="timer"]').text()).toContain('5:00')
  })

  test('counts down by the server’s clock', async () => {
    store.clockOffset.value = 60_000
    open({ state: 'awaiting_scan', invitation: INVITATION })
    await vi.advanceTimersByTimeAsync(1_000)
    expect(page.get('[role="timer"]').text()).toContain('3:59')
  })

  test('is renewed when it has expired, three times, and then only when asked for', async () => {
    open({ state: 'awaiting_scan', invitation: INVITATION })
    await vi.advanceTimersByTimeAsync(5 * 60_000)
    const renewals = () => asked.filter((path) => path.endsWith('/invitation')).length
    await vi.advanceTimersByTimeAsync(10_000)
    expect(renewals()).toBe(3)
    expect(page.text()).toContain('已停止自动刷新')
    await page.get('.cover button').trigger('click')
    await flushPromises()
    expect(renewals()).toBeGreaterThan(3)
  })
})

test('the phone’s steps are read out, each once', async () => {
  open({ state: 'face_running', scan: { ...SCAN, phase: 'scanning', step: 1 } })
  const live = page.get('[aria-live="polite"].visually-hidden')
  store.view.value = aCase({ state: 'face_running', scan: { ...SCAN, phase: 'scanning', step: 2 } })
  await flushPromises()
  expect(live.text()).toBe('正在刷脸，第 2/3 步')
  expect(page.text()).toContain('42')
})

test('while the connection is lost the page says so', async () => {
  open({ state: 'awaiting_scan', invitation: INVITATION })
  expect(page.text()).not.toContain('网络连接已断开')
  store.connected.value = false
  await flushPromises()
  expect(page.text()).toContain('网络连接已断开')
})

describe('the way back to the platform', () => {
  const assign = vi.fn()
  beforeEach(() => {
    assign.mockClear()
    vi.spyOn(window.location, 'assign').mockImplementation(assign)
  })

  test('is taken by itself only after a countdown that can be stopped', async () => {
    store.justVerified.value = true
    open({ state: 'verified', return_url: 'https://platform.example/back' })
    await vi.advanceTimersByTimeAsync(5_000)
    expect(page.text()).toContain('15 秒后自动返回')
    await page
      .findAll('button')
      .find((button) => button.text() === '留在此页')
      ?.trigger('click')
    await vi.advanceTimersByTimeAsync(60_000)
    expect(assign).not.toHaveBeenCalled()
  })

  test('is taken at the end of it', async () => {
    store.justVerified.value = true
    open({ state: 'verified', return_url: 'https://platform.example/back' })
    await vi.advanceTimersByTimeAsync(20_000)
    expect(assign).toHaveBeenCalledExactlyOnceWith('https://platform.example/back')
  })

  test('waits for a click on a later visit', async () => {
    open({ state: 'verified', return_url: 'https://platform.example/back' })
    await vi.advanceTimersByTimeAsync(60_000)
    expect(page.find('a[href="https://platform.example/back"]').exists()).toBe(true)
    expect(assign).not.toHaveBeenCalled()
  })

  test('is not offered if it would run as our page', () => {
    open({ state: 'verified', return_url: 'javascript:alert(1)' })
    expect(page.find('a[href^="javascript"]').exists()).toBe(false)
  })
})
