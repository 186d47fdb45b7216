/** The text for an error code, with its numbers and times filled in. */
import type zhError from '@locales/zh-CN/error.json'
import type { Problem } from './api'
import type { Language, Values } from './i18n'
import type { LastError } from './types'
import { formatTime } from './when'

/** Every code that has a text. */
export type ErrorCode = keyof typeof zhError

/** What the texts of the error table may mention. */
export interface ErrorFacts {
  code: string
  triesLeft?: number | null | undefined
  retryAt?: string | null | undefined
  requestId?: string | null | undefined
}

/** The part of a catalogue that this needs; every page's catalogue has the `error` section. */
export interface ErrorCatalogue {
  has: (key: string) => boolean
  t: (key: `error.${ErrorCode}`, values?: Values) => string
  language: () => Language
}

export function factsOfProblem(problem: Problem): ErrorFacts {
  const { code, tries_left, retry_at, request_id } = problem.body
  return { code, triesLeft: tries_left, retryAt: retry_at, requestId: request_id }
}

export function factsOfLastError(error: LastError): ErrorFacts {
  return { code: error.code, triesLeft: error.tries_left, retryAt: error.retry_at }
}

/** The sentence for `facts`; an unknown code reads as a fault of ours. */
export function errorText(facts: ErrorFacts, { has, t, language }: ErrorCatalogue): string {
  const code = has(`error.${facts.code}`) ? (facts.code as ErrorCode) : 'system_error'
  const at = facts.retryAt ? formatTime(facts.retryAt, language()) : '–'
  return t(`error.${code}`, {
    n: facts.triesLeft ?? 0,
    time: at,
    date: at,
    request_id: facts.requestId ?? '–',
  })
}
