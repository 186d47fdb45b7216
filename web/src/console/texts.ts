/** The console's texts. */
import zhCommon from '@locales/zh-CN/common.json'
import zhError from '@locales/zh-CN/error.json'
import zhConsole from '@locales/zh-CN/console.json'
import enCommon from '@locales/en/common.json'
import enError from '@locales/en/error.json'
import enConsole from '@locales/en/console.json'
import { asProblem, type Problem } from '@/shared/api'
import { errorText, factsOfProblem } from '@/shared/error-text'
import { createI18n } from '@/shared/i18n'
import { reactiveI18n } from '@/shared/vue-i18n'

export const i18n = reactiveI18n(
  createI18n({
    'zh-CN': { common: zhCommon, error: zhError, console: zhConsole },
    en: { common: enCommon, error: enError, console: enConsole },
  }),
)

export const t = i18n.t

/** What to tell of anything thrown. */
export function complaint(thrown: unknown): string {
  const problem = asProblem(thrown)
  return fault(problem) ?? errorText(factsOfProblem(problem), i18n)
}

/** The first wrong field of a form by name, with what is wrong with it, if there are words for both. */
function fault(problem: Problem): string | undefined {
  const [first] = problem.errors
  const field = `console.label.${first?.pointer.slice(1) ?? ''}`
  const reason = `console.reason.${first?.reason ?? ''}`
  if (!i18n.has(field) || !i18n.has(reason)) return undefined
  return t('console.fault', { field: t(field), reason: t(reason) })
}

/** The text of a word of the server under a section; the word itself if this version has none for it. */
export function wordText(section: string, word: string | null | undefined): string {
  if (!word) return '–'
  const key = `console.${section}.${word}`
  return i18n.has(key) ? t(key) : word
}

/** The text of a code that applicants read too. */
export function codeText(code: string): string {
  return errorText({ code }, i18n)
}

/** Date and time to the minute. */
export function when(iso: string | null | undefined): string {
  if (!iso) return '–'
  const parts: Intl.DateTimeFormatOptions = { dateStyle: 'medium', timeStyle: 'short', hourCycle: 'h23' }
  return new Intl.DateTimeFormat(i18n.language(), parts).format(new Date(iso))
}

/** Date and time to the second, for records. */
export function whenExactly(iso: string): string {
  const parts: Intl.DateTimeFormatOptions = { dateStyle: 'medium', timeStyle: 'medium', hourCycle: 'h23' }
  return new Intl.DateTimeFormat(i18n.language(), parts).format(new Date(iso))
}
