/** The way back to the platform. */

/** `url` if a browser may follow it: the platform wrote it, and a `javascript:` address would run as our page. */
export function safeReturnUrl(url: string | null | undefined): string | undefined {
  if (!url || !URL.canParse(url)) return undefined
  return ['https:', 'http:'].includes(new URL(url).protocol) ? url : undefined
}
