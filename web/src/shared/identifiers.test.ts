import { describe, expect, test } from 'vitest'
import idNumberVectors from '../../../crates/identifiers/vectors/id-number.json'
import usccVectors from '../../../crates/identifiers/vectors/uscc.json'
import { checkIdNumber, checkUscc, normaliseCode, type IdNumberCheck, type UsccCheck } from './identifiers'

/** The day on which the vectors judge ages. */
const JUDGED_ON = new Date('2026-01-01T00:00:00Z')

/** What a page calls the server's reasons. */
const USCC_REASONS: Record<string, UsccCheck[]> = {
  character: ['bad_character'],
  check_digit: ['bad_check'],
  empty: ['empty'],
  length: ['incomplete', 'too_long'],
  old_registration_number: ['old_registration_number'],
}
const ID_REASONS: Record<string, IdNumberCheck[]> = {
  age: ['too_old'],
  // While it is being typed, the beginning of an old foreigner's card is no mistake yet.
  character: ['bad_character', 'incomplete'],
  check_digit: ['bad_check'],
  date: ['bad_date'],
  empty: ['empty'],
  first_generation: ['first_generation'],
  length: ['incomplete', 'too_long'],
}

describe('the browser judges like the server', () => {
  test.each(usccVectors)('credit code $value: $why', ({ value, valid, reason }) => {
    const expected = valid ? ['valid'] : USCC_REASONS[reason ?? '']
    expect(expected).toContain(checkUscc(value))
  })

  test.each(idNumberVectors)('ID number $value: $why', ({ value, valid, reason }) => {
    const expected = valid ? ['valid'] : ID_REASONS[reason ?? '']
    expect(expected).toContain(checkIdNumber(value, JUDGED_ON))
  })
})

test('every single wrong digit of an ID number is found', () => {
  const right = '11010519491231002X'
  for (let place = 0; place < 17; place++) {
    for (const digit of '0123456789') {
      if (digit === right[place]) continue
      const wrong = right.slice(0, place) + digit + right.slice(place + 1)
      expect(checkIdNumber(wrong, JUDGED_ON), wrong).toBe('bad_check')
    }
  }
})

test('every exchange of two neighbours in a credit code is found', () => {
  const right = '91350100M000100Y43'
  for (let place = 0; place < 17; place++) {
    const [first = '', second = ''] = right.slice(place, place + 2)
    if (first === second) continue
    const wrong = right.slice(0, place) + second + first + right.slice(place + 2)
    expect(checkUscc(wrong), wrong).not.toBe('valid')
  }
})

test('a birthday decides by the day whether somebody is too old', () => {
  expect(checkIdNumber('110105190501010024', new Date('2025-12-31T00:00:00Z'))).toBe('valid')
  expect(checkIdNumber('110105190501010024', new Date('2026-01-01T00:00:00Z'))).toBe('too_old')
})

test('while a code is being typed it is incomplete, not wrong', () => {
  const code = '91110108123456789'
  for (let length = 1; length <= code.length; length++) {
    const old = length === 13 || length === 15
    expect(checkUscc(code.slice(0, length))).toBe(old ? 'old_registration_number' : 'incomplete')
  }
  expect(checkIdNumber('KAZ11', JUDGED_ON)).toBe('incomplete')
  expect(checkIdNumber('1101051949123100', JUDGED_ON)).toBe('incomplete')
})

test('normalising forgives width, case, space and what cannot be seen', () => {
  expect(normaliseCode(' ９１３５０１００\u200Bm000 100y43\n')).toBe('91350100M000100Y43')
})
