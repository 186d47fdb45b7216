/** An OpenAPI document, as far as this page cares. */
export interface Document {
  paths: Record<string, unknown>
  [part: string]: unknown
}

/** The part of the document that platforms call. */
export function forPlatforms(document: Document): Document {
  const own = Object.entries(document.paths).filter(([path]) => path.startsWith('/v1/'))
  return { ...document, paths: Object.fromEntries(own) }
}
