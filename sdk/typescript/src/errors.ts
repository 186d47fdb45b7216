/** Refusals as classes, so that `catch` can tell them apart; `code` is the stable word to decide by. */
import type { Problem } from './types.js'

/** One refused field: where it stands in the body you sent (RFC 6901), and why. */
export interface FieldError {
  pointer: string
  code: string
  reason: string
}

/** Any call that did not succeed. */
export class ShimingError extends Error {
  /** The stable code, for example `rate_limited`; `connection_failed` if there was no answer. */
  readonly code: string
  /** HTTP status; 0 if there was no answer. */
  readonly status: number
  /** Name it to support. */
  readonly requestId: string | undefined
  /** Whether one of the applicant's tries was used up. */
  readonly tryUsed: boolean
  /** When the same call may succeed. */
  readonly retryAt: Date | undefined
  /** What is wrong with which field. */
  readonly fields: readonly FieldError[]

  constructor(status: number, problem: Partial<Problem> & { code: string }, options?: ErrorOptions) {
    super(problem.detail ?? problem.title ?? problem.code, options)
    this.name = new.target.name
    this.code = problem.code
    this.status = status
    this.requestId = problem.request_id
    this.tryUsed = problem.try_used ?? false
    this.retryAt = problem.retry_at ? new Date(problem.retry_at) : undefined
    this.fields = problem.errors ?? []
  }
}

/** 401: no key, or one that is unknown, revoked or over. */
export class AuthenticationError extends ShimingError {}
/** 403: the key lacks the scope, or is a live key in test mode's place. */
export class PermissionError extends ShimingError {}
/** 404: there is no such thing, or it is somebody else's. */
export class NotFoundError extends ShimingError {}
/** 409, 410: it does not fit the present state, or the same request is still running. */
export class ConflictError extends ShimingError {}
/** 400, 413, 415, 422: the request itself; `fields` says where. */
export class InvalidRequestError extends ShimingError {}
/** 429, after all retries. */
export class RateLimitError extends ShimingError {}
/** 5xx, after all retries. */
export class ServerError extends ShimingError {}
/** No answer, after all retries: the request may have arrived. Repeat it with the same idempotency key. */
export class ConnectionError extends ShimingError {
  constructor(cause: unknown) {
    super(0, { code: 'connection_failed', detail: `no answer: ${String(cause)}` }, { cause })
  }
}

/** The error for an answer that is no success. */
export function errorOf(status: number, body: unknown): ShimingError {
  const known = isProblem(body) ? body : { code: `http_${status}`, detail: `the server answered ${status}` }
  const kind = kindOf(status)
  return new kind(status, known)
}

function isProblem(body: unknown): body is Problem {
  return typeof body === 'object' && body !== null && 'code' in body && typeof body.code === 'string'
}

function kindOf(status: number): typeof ShimingError {
  switch (status) {
    case 401:
      return AuthenticationError
    case 403:
      return PermissionError
    case 404:
      return NotFoundError
    case 409:
    case 410:
      return ConflictError
    case 429:
      return RateLimitError
    default:
      return status >= 500 ? ServerError : InvalidRequestError
  }
}
