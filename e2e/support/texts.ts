/** The texts that the pages show, so that specs name them as users read them and break when they change. */

import { readFileSync } from 'node:fs'

export type Language = 'zh-CN' | 'en'
type Tree = { [key: string]: string | Tree }

const catalogues = new Map<string, Tree>()

function section(language: Language, name: string): Tree {
  const path = new URL(`../../locales/${language}/${name}.json`, import.meta.url)
  const known = catalogues.get(path.href)
  if (known) return known
  const tree = JSON.parse(readFileSync(path, 'utf8')) as Tree
  catalogues.set(path.href, tree)
  return tree
}

/** The text of a key such as `portal.form.submit`, blanks filled; throws for a key that is not there. */
export function text(
  key: string,
  blanks: Record<string, string | number> = {},
  language: Language = 'zh-CN',
): string {
  const [name = '', ...path] = key.split('.')
  let node: string | Tree | undefined = section(language, name)
  for (const step of path) node = typeof node === 'object' ? node[step] : undefined
  if (typeof node !== 'string') throw new Error(`no text ${key} in ${language}`)
  return node.replace(/\{(\w+)\}/g, (whole, blank: string) => String(blanks[blank] ?? whole))
}

/** A part of the text before its first blank: for finding it whatever the blank holds. */
export function start(key: string, language: Language = 'zh-CN'): string {
  return text(key, {}, language).split('{')[0] ?? ''
}

/** The text as a heading shows it: without the full stop. */
export function bare(key: string, language: Language = 'zh-CN'): string {
  return text(key, {}, language).replace(/[。.]$/, '')
}
