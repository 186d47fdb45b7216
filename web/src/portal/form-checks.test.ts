import { describe, expect, test } from 'vitest'
import { counterFor, fieldOfPointer, hintFor, toSend, type Field } from './form-checks'

const TODAY = new Date('2026-11-23T00:00:00Z')
const typing = (field: Field, typed: string) => hintFor(field, typed, false, TODAY)
const leaving = (field: Field, typed: string) => hintFor(field, typed, true, TODAY)

describe('while typing', () => {
  test.each<[Field, string]>([
    ['uscc', ''],
    ['uscc', '9111010'],
    ['uscc', '911101081234567'],
    ['id_number', '110105'],
    ['enterprise_name', ''],
    ['legal_representative', ''],
  ])('%s “%s” is not judged yet', (field, typed) => {
    expect(typing(field, typed)).toEqual({ kind: 'none' })
  })

  test.each<[Field, string, string]>([
    ['uscc', '9111O', 'uscc_invalid'],
    ['uscc', '91350100M000100Y34', 'uscc_invalid'],
    ['uscc', '91350100M000100Y4300', 'uscc_invalid'],
    ['id_number', '1101-', 'id_number_invalid'],
    ['id_number', '110105194912310020', 'id_number_invalid'],
    ['id_number', '110105194902300020', 'id_number_invalid'],
    ['legal_representative', '张3', 'name_char_unsupported'],
  ])('%s “%s” is told at once: %s', (field, typed, code) => {
    expect(typing(field, typed)).toMatchObject({ kind: 'error', code })
  })
})

describe('once left', () => {
  test('fifteen digits are an old licence, in its own words', () => {
    expect(leaving('uscc', '110108000000016')).toMatchObject({
      code: 'licence_type_unsupported',
      text: 'licence_15',
    })
  })

  test('a short code says how many characters it has', () => {
    expect(leaving('uscc', '9135 0100')).toMatchObject({ code: 'uscc_invalid', text: 'uscc_length', n: 8 })
  })

  test.each<Field>(['enterprise_name', 'uscc', 'legal_representative', 'id_number'])(
    '%s is required',
    (field) => {
      expect(leaving(field, ' ')).toMatchObject({ kind: 'error', code: 'field_required' })
    },
  )
})

test('a right code is shown in groups, to be compared with the licence', () => {
  expect(typing('uscc', '９１３５０１００m000100y43')).toEqual({
    kind: 'ok',
    text: 'ok',
    shown: '9135 0100 M000 100Y 43',
  })
})

test('a rare character is welcome, with a word about it', () => {
  expect(leaving('legal_representative', '王䶮')).toMatchObject({ kind: 'ok', text: 'person_rare' })
})

test('the counter counts what will be sent', () => {
  expect(counterFor('uscc', ' 9135 ')).toEqual({ n: 4, total: 18 })
  expect(counterFor('enterprise_name', '示例')).toBeUndefined()
})

test('codes go out in their canonical form, names as typed', () => {
  const typed = {
    enterprise_name: ' 示例（北京） ',
    uscc: '９１m',
    legal_representative: '买买提•艾力',
    id_number: '1x ',
  }
  expect(toSend(typed)).toEqual({
    enterprise_name: '示例（北京）',
    uscc: '91M',
    legal_representative: '买买提•艾力',
    id_number: '1X',
  })
})

test.each([
  ['/uscc', 'uscc'],
  ['/elements/id_number', 'id_number'],
  ['/other', undefined],
])('the pointer %s names %s', (pointer, field) => {
  expect(fieldOfPointer(pointer)).toBe(field)
})
