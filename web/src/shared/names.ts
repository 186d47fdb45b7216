/** Checks of personal and company names for hints while a person types; the server judges again. */

export type NameCheck = 'valid' | 'empty' | 'too_long' | 'unsupported_character'

/** The separator in minority and transliterated names. */
export const MIDDLE_DOT = '·'

/** Code points, not UTF-16 units: a rare character counts once. */
export const PERSON_NAME_MAX = 64
export const ENTERPRISE_NAME_MAX = 256

const INVISIBLE = /[\s\u00AD\u180E\u200B-\u200F\u202A-\u202E\u2060\uFEFF]/gu
const VARIATION_SELECTORS = /[\uFE00-\uFE0F]|[\u{E0100}-\u{E01EF}]/gu

/** Dots that people and input methods type for the separator; the server folds them all to `·`. */
const DOTS =
  '\\u00B7\\u2022\\u2027\\u30FB\\uFF65\\u2219\\u22C5\\u0387\\u2024\\uFF0E.' +
  '\\u318D\\uA78F\\u16EB\\u1427\\u2E30\\u2E31\\u2E33\\u25CF\\u25E6'
/** By range and not by `\p{Script=Han}`, since browsers know only the Unicode version of their build. */
const COMMON_HAN = '\\u3007\\u4E00-\\u9FFF\\uF900-\\uFAFF\\u2E80-\\u2EFF'
const RARE_HAN =
  '\\u3400-\\u4DBF\\u{20000}-\\u{2A6DF}\\u{2A700}-\\u{2EE5F}\\u{2F800}-\\u{2FA1F}\\u{30000}-\\u{33479}'
/** Where GBK systems stored 80 characters before they had a code point. */
const ONCE_PRIVATE = '\\uE815-\\uE864'

const PERSON_NAME = new RegExp(
  `^[${COMMON_HAN}${RARE_HAN}${ONCE_PRIVATE}${DOTS}\\p{Script=Latin}'’\\-]+$`,
  'u',
)
const RARE = new RegExp(`[${RARE_HAN}${ONCE_PRIVATE}]`, 'u')
const CONTROL = /\p{Cc}/u
/** Private-use characters without a known standard one, and halves of a broken pair. */
const PRIVATE = new RegExp(`(?![${ONCE_PRIVATE}])[\\p{Co}\\p{Cs}]`, 'u')
const ONLY_DOTS = new RegExp(`[${DOTS}]`, 'gu')
const ONLY_QUOTES = /["'“”‘’「」『』]/gu

function visible(typed: string): string {
  return typed.normalize('NFC').replace(INVISIBLE, '').replace(VARIATION_SELECTORS, '')
}

function judge(
  typed: string,
  longest: number,
  blank: RegExp,
  accepted: (name: string) => boolean,
): NameCheck {
  if (CONTROL.test(typed.trim())) return 'unsupported_character'
  const name = visible(typed)
  if (name.replace(blank, '') === '') return 'empty'
  if (!accepted(name)) return 'unsupported_character'
  return Array.from(typed.trim()).length > longest ? 'too_long' : 'valid'
}

/** Judges a legal representative's name: Chinese with all extensions, dots, or Latin letters. */
export function checkPersonName(typed: string): NameCheck {
  return judge(typed, PERSON_NAME_MAX, ONLY_DOTS, (name) => PERSON_NAME.test(name))
}

/** Judges a company name: almost anything may stand in one. */
export function checkEnterpriseName(typed: string): NameCheck {
  return judge(typed, ENTERPRISE_NAME_MAX, ONLY_QUOTES, (name) => !PRIVATE.test(name))
}

/** Whether a name holds a character that some fonts, input methods and registers lack. */
export function hasRareCharacter(typed: string): boolean {
  return RARE.test(typed)
}
