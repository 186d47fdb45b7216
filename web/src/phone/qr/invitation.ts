/** Which texts the page's own Scan accepts: links to this server's phone page, and nothing else. */

export type ForeignText = 'not_a_link' | 'other_site' | 'other_page'

export type Reading = { kind: 'invitation'; token: string } | { kind: 'foreign'; why: ForeignText }

/** Opaque tokens in the URL-safe Base64 alphabet; anything shorter could be guessed and is none of ours. */
const TOKEN = /^[A-Za-z0-9_-]{16,256}$/
const PHONE_PATH = '/s'

const foreign = (why: ForeignText): Reading => ({ kind: 'foreign', why })

/** The token in an address's fragment, with or without its `#`; `null` if it can't be one. */
export function tokenIn(fragment: string): string | null {
  const token = fragment.replace(/^#/, '')
  return TOKEN.test(token) ? token : null
}

/** What a QR code's text is to a page of `origin`. The text is only ever compared, never opened. */
export function readCode(text: string, origin: string): Reading {
  let link: URL
  try {
    link = new URL(text.trim())
  } catch {
    return foreign('not_a_link')
  }
  if (link.protocol !== 'https:' && link.protocol !== 'http:') return foreign('not_a_link')
  if (link.origin !== origin || link.username || link.password) return foreign('other_site')
  const token = tokenIn(link.hash)
  if (link.pathname !== PHONE_PATH || link.search || !token) return foreign('other_page')
  return { kind: 'invitation', token }
}
