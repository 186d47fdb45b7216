/** Typed JSON requests to our own server; every failure becomes a `Problem` with a stable code. */

/** One refused field of a form: RFC 6901 pointer into the sent body, stable code, and the reason in words. */
export interface FieldError {
  pointer: string
  code: string
  reason?: string | null
}

/** The server's `application/problem+json` (RFC 9457) with this project's extensions. */
export interface ProblemBody {
  type?: string
  title: string
  status: number
  detail?: string | null
  code: string
  request_id?: string | null
  try_used?: boolean
  tries_left?: number | null
  retry_at?: string | null
  errors?: FieldError[]
}

/** The page's own code for a request that got no answer. */
export const NETWORK_LOST = 'network_lost'

/** A refused or failed request. `code` is a key of the `error` texts. */
export class Problem extends Error {
  readonly code: string
  readonly status: number

  constructor(readonly body: ProblemBody) {
    super(body.detail ?? body.title)
    this.name = 'Problem'
    this.code = body.code
    this.status = body.status
  }

  get errors(): readonly FieldError[] {
    return this.body.errors ?? []
  }

  get isNetworkLost(): boolean {
    return this.code === NETWORK_LOST
  }
}

/** Any thrown value as a `Problem`, so that a page has one kind of failure to show. */
export function asProblem(thrown: unknown): Problem {
  if (thrown instanceof Problem) return thrown
  return new Problem({ title: String(thrown), status: 0, code: 'system_error' })
}

export interface RequestOptions {
  method?: 'GET' | 'POST' | 'DELETE'
  /** Sent as JSON, or as it is when it is `FormData` or a file. */
  body?: unknown
  /** The language of the answer's texts; the document's by default. */
  language?: string
  timeoutMs?: number
  headers?: Readonly<Record<string, string>>
}

const DEFAULT_TIMEOUT_MS = 20_000

function requestInit(options: RequestOptions): RequestInit {
  const headers: Record<string, string> = {
    Accept: 'application/json, application/problem+json',
    'Accept-Language': options.language ?? document.documentElement.lang,
    ...options.headers,
  }
  const init: RequestInit = { method: options.method ?? 'GET', headers, credentials: 'same-origin' }
  if (options.body instanceof FormData || options.body instanceof Blob) init.body = options.body
  else if (init.method !== 'GET') {
    headers['Content-Type'] = 'application/json'
    init.body = JSON.stringify(options.body ?? {})
  }
  return init
}

/** The `Problem` an unsuccessful answer stands for, also when a proxy answered without our body. */
export async function problemOf(response: Response): Promise<Problem> {
  const body: unknown = await response.json().catch(() => null)
  if (body !== null && typeof body === 'object' && 'code' in body && typeof body.code === 'string') {
    return new Problem({ title: response.statusText, ...body, status: response.status, code: body.code })
  }
  const gateway = [502, 503, 504].includes(response.status)
  const code = gateway ? NETWORK_LOST : 'system_error'
  return new Problem({ title: response.statusText, status: response.status, code })
}

/** Asks the server; resolves to the parsed answer (`undefined` for 204) or rejects with a `Problem`. */
export async function request<T>(path: string, options: RequestOptions = {}): Promise<T> {
  const abort = new AbortController()
  const timer = setTimeout(() => abort.abort(), options.timeoutMs ?? DEFAULT_TIMEOUT_MS)
  try {
    const response = await fetch(path, { ...requestInit(options), signal: abort.signal })
    if (!response.ok) throw await problemOf(response)
    return (response.status === 204 ? undefined : await response.json()) as T
  } catch (thrown) {
    if (thrown instanceof Problem) throw thrown
    throw new Problem({ title: String(thrown), status: 0, code: NETWORK_LOST })
  } finally {
    clearTimeout(timer)
  }
}
