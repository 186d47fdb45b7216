/**
 * Check digits and name checks for hints while a person types. The server judges again with `crates/identifiers`;
 * both are tested with the same vectors.
 */

const ZERO_WIDTH = /[\u00AD\u180E\u200B-\u200F\u202A-\u202E\u2060\uFEFF]/gu
const USCC_ALPHABET = '0123456789ABCDEFGHJKLMNPQRTUWXY'
const MOD_11_2 = '10X98765432'

/** GB 32100-2015: unified social credit code. */
export const USCC_LENGTH = 18
/** GB 11643-1999: citizen identification number, also of the residence permits. */
export const ID_NUMBER_LENGTH = 18
/** GS 15-2006 and, with 13 digits, the numbers before it. */
const OLD_REGISTRATION_NUMBER = /^(?:\d{13}|\d{15})$/
/** The foreigner's permanent resident card as issued until November 2023; only its shape is certain. */
const OLD_FOREIGNER_CARD = /^[A-Z]{3}\d{12}$/
const OLD_FOREIGNER_CARD_BEGUN = /^[A-Z]{1,3}$|^[A-Z]{3}\d{0,11}$/
const FIRST_GENERATION = /^\d{15}$/
const OLDEST_YEARS = 120

export type CodeCheck = 'valid' | 'empty' | 'incomplete' | 'too_long' | 'bad_character' | 'bad_check'
export type UsccCheck = CodeCheck | 'old_registration_number'
export type IdNumberCheck = CodeCheck | 'bad_date' | 'too_old' | 'first_generation'

/** NFKC, without white space and invisible characters, in capitals: the form in which codes are compared. */
export function normaliseCode(typed: string): string {
  return typed.normalize('NFKC').replace(/\s/gu, '').replace(ZERO_WIDTH, '').toUpperCase()
}

function lengthCheck(code: string, length: number): CodeCheck | undefined {
  if (code.length === 0) return 'empty'
  if (code.length > length) return 'too_long'
  return code.length < length ? 'incomplete' : undefined
}

/** Σ value(character i) · weight(i) over the first 17 characters. */
function weightedSum(
  code: string,
  value: (character: string) => number,
  weight: (index: number) => number,
): number {
  return Array.from(code.slice(0, 17)).reduce(
    (sum, character, index) => sum + value(character) * weight(index),
    0,
  )
}

/** The check character of a code whose first 17 characters are in the alphabet (weights 3^i mod 31). */
function usccCheckCharacter(code: string): string | undefined {
  const sum = weightedSum(
    code,
    (character) => USCC_ALPHABET.indexOf(character),
    (index) => Number(3n ** BigInt(index) % 31n),
  )
  return USCC_ALPHABET[(31 - (sum % 31)) % 31]
}

/** Judges what was typed as a unified social credit code; an old 15-digit number is told apart. */
export function checkUscc(typed: string): UsccCheck {
  const code = normaliseCode(typed)
  if (Array.from(code).some((character) => !USCC_ALPHABET.includes(character))) return 'bad_character'
  if (OLD_REGISTRATION_NUMBER.test(code)) return 'old_registration_number'
  const wrongLength = lengthCheck(code, USCC_LENGTH)
  if (wrongLength) return wrongLength
  return code[17] === usccCheckCharacter(code) ? 'valid' : 'bad_check'
}

/** Judges a birth date `yyyymmdd` as a day of the calendar, not after `today`, of somebody who may live. */
function checkBirthDate(yyyymmdd: string, today: Date): 'valid' | 'bad_date' | 'too_old' {
  const year = Number(yyyymmdd.slice(0, 4))
  const date = new Date(Date.UTC(year, Number(yyyymmdd.slice(4, 6)) - 1, Number(yyyymmdd.slice(6, 8))))
  const real = date.toISOString().slice(0, 10).replaceAll('-', '') === yyyymmdd
  if (!real || date > today) return 'bad_date'
  const tooOldAt = new Date(date)
  tooOldAt.setUTCFullYear(year + OLDEST_YEARS + 1)
  return today >= tooOldAt ? 'too_old' : 'valid'
}

/** Judges what was typed as the number of a resident ID, a residence permit or a foreigner's card. */
export function checkIdNumber(typed: string, today: Date): IdNumberCheck {
  const code = normaliseCode(typed)
  if (OLD_FOREIGNER_CARD.test(code)) return 'valid'
  if (OLD_FOREIGNER_CARD_BEGUN.test(code)) return 'incomplete'
  if (!/^\d*$|^\d{17}X$/.test(code)) return 'bad_character'
  if (FIRST_GENERATION.test(code)) return 'first_generation'
  const wrongLength = lengthCheck(code, ID_NUMBER_LENGTH)
  if (wrongLength) return wrongLength
  const sum = weightedSum(code, Number, (index) => 2 ** (17 - index) % 11)
  return code[17] === MOD_11_2[sum % 11] ? checkBirthDate(code.slice(6, 14), today) : 'bad_check'
}
