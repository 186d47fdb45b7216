/** A Chinese character by its Unicode code point. */
import { checkPersonName } from '@/shared/names'

const LAST_CODE_POINT = 0x10ffff

/** The character of `U+4DAE`, `4dae` or `0x4DAE`, if it is one that a name may hold. */
export function characterOfCode(typed: string): string | undefined {
  const hex = /^(?:u\+|0x|\\u)?\{?([0-9a-f]{4,6})\}?$/i.exec(typed.normalize('NFKC').trim())?.[1]
  if (hex === undefined) return undefined
  const code = Number.parseInt(hex, 16)
  if (code > LAST_CODE_POINT) return undefined
  const character = String.fromCodePoint(code)
  return checkPersonName(character) === 'valid' ? character : undefined
}
