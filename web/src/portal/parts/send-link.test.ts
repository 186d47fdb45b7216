import { flushPromises, mount, type VueWrapper } from '@vue/test-utils'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { CaseView, HandOff } from '@/shared/types'
import { CASE_STORE, CaseStore } from '../case-store'
import { aCase } from '../testing'
import { i18n } from '../texts'
import SendLink from './SendLink.vue'

const INVITATION = {
  seq: 2,
  url: 'https://host/s#token',
  issued_at: '2026-11-23T00:00:00Z',
  expires_at: '2026-11-23T01:00:00Z',
}

let store: CaseStore
let form: VueWrapper
let sent: unknown[]
let answer: () => Response

function open(handOff: HandOff | null): void {
  store.view.value = awaiting(handOff)
  form = mount(SendLink, { attachTo: document.body, global: { provide: { [CASE_STORE as symbol]: store } } })
}

function awaiting(handOff: HandOff | null): CaseView {
  return aCase({ state: 'awaiting_scan', invitation: INVITATION, hand_off: handOff })
}

async function send(to: string): Promise<void> {
  await form.get('input').setValue(to)
  await form.get('form').trigger('submit')
  await flushPromises()
}

beforeEach(() => {
  i18n.setLanguage('zh-CN')
  sent = []
  vi.stubGlobal('fetch', (path: string, { body }: RequestInit) => {
    sent.push([path, JSON.parse(body as string)])
    return Promise.resolve(answer())
  })
  store = new CaseStore('ver_1')
})

afterEach(() => {
  form.unmount()
  vi.unstubAllGlobals()
})

test('what is typed says by which channel it goes', async () => {
  open({ channels: ['mail', 'sms'], last: null })
  answer = () => Response.json(awaiting({ channels: ['mail', 'sms'], last: null }))
  for (const [to, channel] of [
    ['a@example.cn', 'mail'],
    ['13800138000', 'sms'],
  ] as const) {
    await send(to)
    expect(sent.pop()).toEqual(['/portal/api/cases/ver_1/hand_off', { channel, address: to }])
    expect(form.get<HTMLInputElement>('input').element.value).toBe('')
  }
})

test('where one channel is served everything goes by it', async () => {
  open({ channels: ['mail'], last: null })
  expect(form.text()).toContain('邮箱')
  answer = () =>
    Response.json(
      { code: 'invalid_input', title: '', errors: [{ pointer: '/address', code: 'invalid_input' }] },
      { status: 422 },
    )
  await send('13800138000')
  expect(sent).toEqual([['/portal/api/cases/ver_1/hand_off', { channel: 'mail', address: '13800138000' }]])
  expect(form.text()).toContain('邮箱有误')
  expect(store.problem.value, 'it is said at the field, and nowhere else').toBeUndefined()
  await form.get('input').setValue('a')
  expect(form.text()).not.toContain('邮箱有误')
})

test('a limit says when to try again', async () => {
  open({ channels: ['mail'], last: null })
  answer = () =>
    Response.json(
      { code: 'link_sent_too_often', title: '', retry_at: '2026-11-24T00:00:00Z' },
      { status: 429 },
    )
  await send('a@example.cn')
  expect(form.text()).toMatch(/请于.*24.*后重试/)
})

test('how the link fares is read out', async () => {
  const fates = { pending: '正在发送', sent: '已发送给', refused: '无法接收', dropped: '未能发送' } as const
  open({ channels: ['mail'], last: null })
  for (const [status, words] of Object.entries(fates)) {
    const last = { to: 'a***@example.cn', status: status as keyof typeof fates, at: '2026-11-23T00:00:00Z' }
    store.view.value = awaiting({ channels: ['mail'], last })
    await flushPromises()
    expect(form.get('[role="status"]').text()).toContain(words)
    expect(form.get('[role="status"]').text()).toContain('a***@example.cn')
  }
})

test('without a channel there is no form', () => {
  open(null)
  expect(form.find('form').exists()).toBe(false)
})
