import { flushPromises, mount, type VueWrapper } from '@vue/test-utils'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { CASE_STORE, CaseStore } from '../case-store'
import { aCase } from '../testing'
import { i18n } from '../texts'
import FormScreen from './FormScreen.vue'

const RIGHT = {
  enterprise_name: '示例科技（北京）有限公司',
  uscc: '91350100M000100Y43',
  legal_representative: '买买提·艾力',
  id_number: '11010519491231002X',
}

let store: CaseStore
let form: VueWrapper

function input(name: string) {
  return form.get<HTMLInputElement>(`input[name="${name}"]`)
}

async function fill(values: Partial<typeof RIGHT>): Promise<void> {
  for (const [name, value] of Object.entries(values)) await input(name).setValue(value)
}

beforeEach(() => {
  i18n.setLanguage('zh-CN')
  store = new CaseStore('ver_1')
  store.view.value = aCase()
  form = mount(FormScreen, {
    attachTo: document.body,
    global: { provide: { [CASE_STORE as symbol]: store } },
  })
})

afterEach(() => {
  form.unmount()
  vi.unstubAllGlobals()
})

function answer(status: number, body: unknown) {
  const fetched = vi.fn<typeof fetch>(() => Promise.resolve(Response.json(body, { status })))
  vi.stubGlobal('fetch', fetched)
  return fetched
}

test('every field has its label, and its hint describes it', () => {
  for (const name of Object.keys(RIGHT)) {
    const { id } = input(name).element
    expect(form.find(`label[for="${id}"]`).exists(), name).toBe(true)
    expect(form.find(`#${input(name).attributes('aria-describedby') ?? 'none'}`).exists(), name).toBe(true)
  }
})

test('an empty form is not sent; the first field to mend has the focus', async () => {
  const fetched = answer(200, aCase())
  await form.get('form').trigger('submit')
  expect(fetched).not.toHaveBeenCalled()
  expect(document.activeElement).toBe(input('enterprise_name').element)
  expect(form.text()).toContain('有 4 项需要修改')
  expect(input('uscc').attributes('aria-invalid')).toBe('true')
})

test('right elements go out in canonical form', async () => {
  const fetched = answer(200, aCase({ version: 2, state: 'awaiting_scan' }))
  await fill({ ...RIGHT, uscc: ' ９１３５０１００m000100y43' })
  await form.get('form').trigger('submit')
  await flushPromises()
  expect(JSON.parse(fetched.mock.calls[0]?.[1]?.body as string)).toEqual(RIGHT)
})

test('an old licence is refused in its own words once the field is left', async () => {
  await fill({ uscc: '110108000000016' })
  expect(form.text()).not.toContain('仅支持载有统一社会信用代码的营业执照')
  await input('uscc').trigger('blur')
  expect(form.text()).toContain('仅支持载有统一社会信用代码的营业执照。')
})

describe('what the server refuses', () => {
  const refusal = {
    title: '',
    code: 'invalid_input',
    errors: [{ pointer: '/uscc', code: 'uscc_invalid', reason: 'check_digit' }],
  }

  test('stands at its field until that is edited', async () => {
    answer(422, refusal)
    await fill(RIGHT)
    await form.get('form').trigger('submit')
    await flushPromises()
    expect(form.text()).toContain('请核对18位统一社会信用代码。')
    expect(document.activeElement).toBe(input('uscc').element)
    await fill({ uscc: '91110108MA01ABCD5T' })
    expect(form.text()).not.toContain('请核对18位统一社会信用代码。')
  })

  test('a finer reason has its own sentence', async () => {
    answer(422, {
      ...refusal,
      errors: [{ pointer: '/enterprise_name', code: 'invalid_input', reason: 'too_long' }],
    })
    await fill(RIGHT)
    await form.get('form').trigger('submit')
    await flushPromises()
    expect(form.text()).toContain('内容过长。')
  })
})

test('a mismatch names no element, only the tries left, and keeps what was typed', async () => {
  await fill(RIGHT)
  const error = {
    code: 'element_mismatch',
    tries_left: 4,
    retry_at: null,
    try_used: true,
    at: '2026-11-23T00:00:00Z',
  }
  store.view.value = aCase({ version: 3, last_error: error })
  await flushPromises()
  expect(form.text()).toContain('企业名称、法定代表人与证件号不一致，还可尝试4次。')
  expect(form.findAll('[aria-invalid="true"]')).toHaveLength(0)
  expect(input('id_number').element.value).toBe(RIGHT.id_number)
})

test('the middle dot goes where the caret is', async () => {
  await fill({ legal_representative: '买买提艾力' })
  input('legal_representative').element.setSelectionRange(3, 3)
  const dot = form.findAll('button').filter((button) => button.text().includes('间隔号'))[1]
  await dot?.trigger('click')
  await flushPromises()
  expect(input('legal_representative').element.value).toBe('买买提·艾力')
})

test('switching the language keeps what was typed and speaks anew', async () => {
  await fill({ uscc: '9135O' })
  i18n.setLanguage('en')
  await flushPromises()
  expect(form.text()).toContain('Check the 18-character credit code.')
  expect(input('uscc').element.value).toBe('9135O')
})

test('masked elements of an earlier try are not filled in, and it says why', () => {
  form.unmount()
  store.view.value = aCase({
    elements: { ...RIGHT, legal_representative: '买*', id_number: '110***********002X' },
  })
  form = mount(FormScreen, { global: { provide: { [CASE_STORE as symbol]: store } } })
  expect(input('uscc').element.value).toBe(RIGHT.uscc)
  expect(input('id_number').element.value).toBe('')
  expect(form.text()).toContain('110***********002X')
})
