/** What to tell a person about a field while it is being typed, and once it is left. */
import {
  checkIdNumber,
  checkUscc,
  normaliseCode,
  ID_NUMBER_LENGTH,
  USCC_LENGTH,
  type IdNumberCheck,
  type UsccCheck,
} from '@/shared/identifiers'
import {
  checkEnterpriseName,
  checkPersonName,
  ENTERPRISE_NAME_MAX,
  hasRareCharacter,
  PERSON_NAME_MAX,
  type NameCheck,
} from '@/shared/names'
import type { ElementsInput } from '@/shared/types'

export type Field = keyof ElementsInput
export const FIELDS: readonly Field[] = ['enterprise_name', 'uscc', 'legal_representative', 'id_number']

export type CheckText =
  | 'ok'
  | 'name_long'
  | 'uscc_character'
  | 'uscc_length'
  | 'uscc_check'
  | 'licence_15'
  | 'id_character'
  | 'id_length'
  | 'id_check'
  | 'id_date'
  | 'id_15'
  | 'enterprise_rare'
  | 'person_rare'
  | 'person_character'

/** The codes of the error table that a field's own check can raise. */
export type FieldCode =
  | 'uscc_invalid'
  | 'licence_type_unsupported'
  | 'id_number_invalid'
  | 'name_char_unsupported'
  | 'field_required'
  | 'field_too_long'

export type Hint =
  | { kind: 'none' }
  | { kind: 'ok'; text: CheckText; shown?: string }
  | { kind: 'error'; code: FieldCode; text?: CheckText; n?: number }

const NONE: Hint = { kind: 'none' }
const REQUIRED: Hint = { kind: 'error', code: 'field_required' }

/** A code in groups of four, for comparing with the licence. */
export function grouped(code: string): string {
  return code.replace(/(.{4})(?=.)/g, '$1 ')
}

const USCC_HINTS: Record<Exclude<UsccCheck, 'valid' | 'empty'>, Hint> = {
  bad_character: { kind: 'error', code: 'uscc_invalid', text: 'uscc_character' },
  bad_check: { kind: 'error', code: 'uscc_invalid', text: 'uscc_check' },
  incomplete: { kind: 'error', code: 'uscc_invalid', text: 'uscc_length' },
  too_long: { kind: 'error', code: 'uscc_invalid', text: 'uscc_length' },
  old_registration_number: { kind: 'error', code: 'licence_type_unsupported', text: 'licence_15' },
}

const ID_HINTS: Record<Exclude<IdNumberCheck, 'valid' | 'empty'>, Hint> = {
  bad_character: { kind: 'error', code: 'id_number_invalid', text: 'id_character' },
  bad_check: { kind: 'error', code: 'id_number_invalid', text: 'id_check' },
  bad_date: { kind: 'error', code: 'id_number_invalid', text: 'id_date' },
  too_old: { kind: 'error', code: 'id_number_invalid', text: 'id_date' },
  first_generation: { kind: 'error', code: 'id_number_invalid', text: 'id_15' },
  incomplete: { kind: 'error', code: 'id_number_invalid', text: 'id_length' },
  too_long: { kind: 'error', code: 'id_number_invalid', text: 'id_length' },
}

/** Verdicts that more typing may still mend, so they wait until the field is left. */
const WAITS: readonly string[] = ['empty', 'incomplete', 'old_registration_number', 'first_generation']

function codeHint<C extends string>(
  typed: string,
  check: C,
  hints: Record<Exclude<C, 'valid' | 'empty'>, Hint>,
): Hint {
  const code = normaliseCode(typed)
  if (check === 'valid') return { kind: 'ok', text: 'ok', shown: grouped(code) }
  if (check === 'empty') return REQUIRED
  const hint = hints[check as Exclude<C, 'valid' | 'empty'>]
  return hint.kind === 'error' ? { ...hint, n: code.length } : hint
}

function nameHint(typed: string, check: NameCheck, longest: number, person: boolean): Hint {
  if (check === 'empty') return REQUIRED
  if (check === 'too_long') return { kind: 'error', code: 'field_too_long', text: 'name_long', n: longest }
  if (check === 'unsupported_character') {
    return {
      kind: 'error',
      code: 'name_char_unsupported',
      ...(person && { text: 'person_character' as const }),
    }
  }
  return hasRareCharacter(typed) ? { kind: 'ok', text: person ? 'person_rare' : 'enterprise_rare' } : NONE
}

type Check = (typed: string, today: Date) => { verdict: string; hint: () => Hint }

const CHECKS: Record<Field, Check> = {
  uscc(typed) {
    const verdict = checkUscc(typed)
    return { verdict, hint: () => codeHint(typed, verdict, USCC_HINTS) }
  },
  id_number(typed, today) {
    const verdict = checkIdNumber(typed, today)
    return { verdict, hint: () => codeHint(typed, verdict, ID_HINTS) }
  },
  enterprise_name(typed) {
    const verdict = checkEnterpriseName(typed)
    return { verdict, hint: () => nameHint(typed, verdict, ENTERPRISE_NAME_MAX, false) }
  },
  legal_representative(typed) {
    const verdict = checkPersonName(typed)
    return { verdict, hint: () => nameHint(typed, verdict, PERSON_NAME_MAX, true) }
  },
}

/** The hint for `typed`; `left` is whether the person has moved on or sent the form. */
export function hintFor(field: Field, typed: string, left: boolean, today: Date): Hint {
  const { verdict, hint } = CHECKS[field](typed, today)
  return !left && WAITS.includes(verdict) ? NONE : hint()
}

/** How much of a code has been typed, or nothing for names. */
export function counterFor(field: Field, typed: string): { n: number; total: number } | undefined {
  if (field === 'uscc') return { n: normaliseCode(typed).length, total: USCC_LENGTH }
  if (field === 'id_number') return { n: normaliseCode(typed).length, total: ID_NUMBER_LENGTH }
  return undefined
}

/** The field that a server's JSON pointer names. */
export function fieldOfPointer(pointer: string): Field | undefined {
  return FIELDS.find((field) => pointer.split('/').pop() === field)
}

/** What is sent: codes in their canonical form, names as typed but for space at the ends. */
export function toSend(typed: ElementsInput): ElementsInput {
  return {
    enterprise_name: typed.enterprise_name.trim(),
    uscc: normaliseCode(typed.uscc),
    legal_representative: typed.legal_representative.trim(),
    id_number: normaliseCode(typed.id_number),
  }
}
