/** The words of the form, in the present language. */
import { errorText } from '@/shared/error-text'
import type { FieldError } from '@/shared/api'
import type { SubjectType } from '@/shared/types'
import type { Field, Hint } from './form-checks'
import { i18n, t } from './texts'

/** What a field is called on this subject type's licence. */
export function labelOf(field: Field, subject: SubjectType | null): string {
  return subject === 'individual_business'
    ? t(`common.element_individual.${field}`)
    : t(`common.element.${field}`)
}

export function placeholderOf(field: Field): string {
  return t(`portal.form.${field}_placeholder`)
}

/** What a check says, the table's sentence first and then what exactly to look at. */
export function hintText(hint: Hint): string | undefined {
  if (hint.kind === 'none') return undefined
  const detail =
    hint.text && t(`portal.form.check.${hint.text}`, hint.kind === 'error' ? { n: hint.n ?? 0 } : {})
  if (hint.kind === 'ok') return hint.shown === undefined ? detail : `${detail ?? ''} · ${hint.shown}`
  return joined(errorText({ code: hint.code }, i18n), detail)
}

function joined(first: string, second: string | undefined): string {
  if (second === undefined) return first
  return i18n.language() === 'zh-CN' ? first + second : `${first} ${second}`
}

/** The server's finer reasons that have a sentence of their own. */
const CODE_OF_REASON: Record<string, string> = { empty: 'field_required', too_long: 'field_too_long' }

/** What the server says of a field. */
export function fieldErrorText(error: FieldError): string {
  const finer = error.code === 'invalid_input' ? CODE_OF_REASON[error.reason ?? ''] : undefined
  return errorText({ code: finer ?? error.code }, i18n)
}
