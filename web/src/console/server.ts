/** Requests to the console's API. */
import { request } from '@/shared/api'

/** Proof that the request comes from this page: no form and no image can send it. */
const HEADERS = { 'X-Shiming-Console': '1' }

export const ask = <T>(path: string): Promise<T> => request<T>(`/console/api${path}`)

export const tell = <T = undefined>(path: string, body: unknown = {}): Promise<T> =>
  request<T>(`/console/api${path}`, { method: 'POST', body, headers: HEADERS })

/** Large files take their time. */
const FILE_TIMEOUT_MS = 15 * 60_000

/** Sends a file as it is. */
export const send = <T>(path: string, file: File): Promise<T> =>
  request<T>(`/console/api${path}${query({ name: file.name })}`, {
    method: 'POST',
    body: file,
    headers: HEADERS,
    timeoutMs: FILE_TIMEOUT_MS,
  })

/** A query string without empty values. */
export function query(values: Record<string, string | number | null | undefined>): string {
  const filled = Object.entries(values).filter(
    ([, value]) => value !== null && value !== undefined && value !== '',
  )
  const text = new URLSearchParams(filled.map(([name, value]) => [name, String(value)])).toString()
  return text ? `?${text}` : ''
}
