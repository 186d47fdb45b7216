import { flushPromises, mount, type VueWrapper } from '@vue/test-utils'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { session } from '../session'
import { i18n, t } from '../texts'
import type { BankBooks, OpenEntry, SessionView } from '../types'
import Bank from './Bank.vue'

const ENTRY: OpenEntry = {
  id: '0190b5b2-0000-7000-8000-000000000001',
  misfit: 'no_reference',
  direction: 'credit',
  amount: '12.00',
  booked_at: '2026-01-02T00:00:00Z',
  counterparty: '某公司',
  counterparty_account: '****0002',
  end_to_end: null,
  remittance: '货款',
  source: 'day.xml',
}
const BOOKS: BankBooks = {
  account: '****0001',
  transfers: [
    {
      case: 'ver_1',
      key: 'SM1',
      status: 'unknown',
      demo: false,
      account: '****0002',
      planned_at: '2026-01-02T00:00:00Z',
      updated_at: '2026-01-02T00:01:00Z',
    },
  ],
  entries: [ENTRY, { ...ENTRY, id: '2', direction: 'debit', amount: null, remittance: null }],
}

let page: VueWrapper
let sent: [path: string, init: RequestInit][]

async function open(permissions: string[], answers: Record<string, Response>): Promise<void> {
  vi.stubGlobal('fetch', (path: string, init: RequestInit) => {
    sent.push([path, init])
    const found = Object.entries(answers).find(([part]) => path.includes(part))
    return Promise.resolve(found ? found[1].clone() : Response.json(BOOKS))
  })
  session.value = { permissions } as SessionView
  page = mount(Bank, { attachTo: document.body, global: { stubs: { RouterLink: true } } })
  await flushPromises()
}

beforeEach(() => {
  i18n.setLanguage('zh-CN')
  sent = []
})

afterEach(() => {
  page.unmount()
  session.value = undefined
  vi.unstubAllGlobals()
})

async function bring(): Promise<void> {
  const input = page.get<HTMLInputElement>('input[type="file"]')
  const file = new File(['<x/>'], 'day.xml')
  Object.defineProperty(input.element, 'files', { value: [file] })
  await input.trigger('change')
  await page.get('form.bring').trigger('submit')
  await flushPromises()
}

test('what is open is shown, the amount of what left is not', async () => {
  await open(['bank.read'], {})
  const text = page.text()
  for (const word of ['某公司', '货款', '12.00', '没有我方标识', '状态未知', 'SM1', '****0001'])
    expect(text).toContain(word)
  expect(page.findAll('tbody')[0]?.text()).toContain(t('console.bank.out'))
  expect(page.find('input[type="file"]').exists(), 'an auditor changes nothing').toBe(false)
  expect(page.findAll('tbody button')).toHaveLength(0)
})

test('a file goes up as it is, and what it did is said', async () => {
  const stored = { known_file: false, records: 3, matched: 1, unmatched: 1, known: 1 }
  await open(['bank.read', 'bank.write'], { '/bank/files': Response.json(stored) })
  await bring()
  const [path, init] = sent.find(([path]) => path.includes('/bank/files')) ?? ['', {}]
  expect(path).toBe('/console/api/bank/files?name=day.xml')
  expect(init.body).toBeInstanceOf(File)
  expect(page.text()).toContain('已读取 3 条记录')
  expect(
    sent.filter(([path]) => path.endsWith('/bank')),
    'the list is read anew',
  ).toHaveLength(2)
})

test('a file that can not be read says where', async () => {
  const errors = [{ pointer: '', code: 'invalid_input', reason: 'line 3: a comma' }]
  const problem = Response.json({ code: 'invalid_input', title: '', errors }, { status: 422 })
  await open(['bank.write'], { '/bank/files': problem })
  await bring()
  expect(page.get('[role="alert"]').text()).toContain('line 3: a comma')
})

test('what was done about an entry is sent, and the list read anew', async () => {
  await open(['bank.write'], { '/resolve': new Response(null, { status: 204 }) })
  await page.get('tbody button').trigger('click')
  await flushPromises()
  const note = document.querySelector('textarea')
  if (!note) throw new Error('no dialogue')
  note.value = '已核实'
  note.dispatchEvent(new Event('input'))
  await flushPromises()
  document.querySelector('.el-dialog form')?.dispatchEvent(new Event('submit'))
  await flushPromises()
  const [path, init] = sent.find(([path]) => path.includes('/resolve')) ?? ['', {}]
  expect(path).toBe(`/console/api/bank/entries/${ENTRY.id}/resolve`)
  expect(init.body).toBe(JSON.stringify({ note: '已核实' }))
})
