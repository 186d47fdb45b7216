import { describe, expect, test } from 'vitest'
import enterpriseNames from '../../../crates/identifiers/vectors/enterprise-name.json'
import personNames from '../../../crates/identifiers/vectors/person-name.json'
import { checkEnterpriseName, checkPersonName, hasRareCharacter, type NameCheck } from './names'

const REASONS: Record<string, NameCheck> = {
  character: 'unsupported_character',
  empty: 'empty',
  length: 'too_long',
}

describe('the browser judges names like the server', () => {
  test.each(personNames)('person $why', ({ value, valid, reason }) => {
    expect(checkPersonName(value)).toBe(valid ? 'valid' : REASONS[reason ?? ''])
  })

  test.each(enterpriseNames)('enterprise $why', ({ value, valid, reason }) => {
    expect(checkEnterpriseName(value)).toBe(valid ? 'valid' : REASONS[reason ?? ''])
  })
})

test.each(['·', '•', '‧', '・', '･', '．', '.', '∙', '⋅', '●'])('the dot %s may separate a name', (dot) => {
  expect(checkPersonName(`买买提${dot}艾力`)).toBe('valid')
})

test.each([
  ['王䶮', true],
  ['王\uE863', true],
  ['𬭎示例', true],
  ['张三', false],
  ['买买提·艾力', false],
])('%s has a rare character: %s', (name, rare) => {
  expect(hasRareCharacter(name)).toBe(rare)
})
