/** How the browser that the platform sent becomes this case's page. */
import { asProblem, request, type Problem } from '@/shared/api'
import { isFramed } from './embedding'

/** The case in `/verify/{case}`. */
export function caseIdOf(path: string): string | undefined {
  const part = /^\/verify\/([^/]+)\/?$/.exec(path)?.[1]
  return part === undefined ? undefined : decodeURIComponent(part)
}

/** Takes the single-use secret out of the address, so that neither history nor a copied address holds it. */
export function takeSecret(): string | undefined {
  const secret = location.hash.slice(1)
  if (secret === '') return undefined
  history.replaceState(history.state, '', location.pathname + location.search)
  return decodeURIComponent(secret)
}

/**
 * Trades the secret for the cookie. A refused secret is no end: whoever opens the link a second time in the same
 * browser still has the cookie of the first time, and loading the case tells.
 */
export async function startSession(caseId: string, secret: string | undefined): Promise<Problem | undefined> {
  if (secret === undefined) return undefined
  try {
    await request<undefined>('/portal/api/sessions', {
      method: 'POST',
      body: { case_id: caseId, secret, embedded: isFramed() },
    })
    return undefined
  } catch (thrown) {
    return asProblem(thrown)
  }
}
