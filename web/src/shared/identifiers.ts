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
export const RESIDENT_ID_LENGTH = 18
/** GS 15-2006: the old registration number. */
export const REGISTRATION_NUMBER_LENGTH = 15

export type CodeCheck = 'valid' | 'empty' | 'incomplete' | 'too_long' | 'bad_character' | 'bad_check'
export type UsccCheck = CodeCheck | 'old_registration_number'
export type ResidentIdCheck = CodeCheck | 'bad_date'

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
  if (new RegExp(`^\\d{${REGISTRATION_NUMBER_LENGTH}}$`).test(code)) return 'old_registration_number'
  const wrongLength = lengthCheck(code, USCC_LENGTH)
  if (wrongLength) return wrongLength
  return code[17] === usccCheckCharacter(code) ? 'valid' : 'bad_check'
}

/** Whether `yyyymmdd` is a day of the calendar, not after `today` and at most 120 years before it. */
function isBirthDate(yyyymmdd: string, today: Date): boolean {
  const [year, month, day] = [yyyymmdd.slice(0, 4), yyyymmdd.slice(4, 6), yyyymmdd.slice(6, 8)].map(Number)
  const date = new Date(Date.UTC(year ?? 0, (month ?? 0) - 1, day))
  const real = date.toISOString().slice(0, 10).replaceAll('-', '') === yyyymmdd
  const oldest = new Date(today)
  oldest.setUTCFullYear(today.getUTCFullYear() - 121)
  return real && date <= today && date > oldest
}

/** Judges what was typed as a resident identity number (or a permit of the same form). */
export function checkResidentId(typed: string, today: Date): ResidentIdCheck {
  const code = normaliseCode(typed)
  if (!/^\d*X?$/.test(code) || (code.includes('X') && code.length < RESIDENT_ID_LENGTH))
    return 'bad_character'
  const wrongLength = lengthCheck(code, RESIDENT_ID_LENGTH)
  if (wrongLength) return wrongLength
  const sum = weightedSum(code, Number, (index) => 2 ** (17 - index) % 11)
  if (code[17] !== MOD_11_2[sum % 11]) return 'bad_check'
  return isBirthDate(code.slice(6, 14), today) ? 'valid' : 'bad_date'
}
