/**
 * A typed text catalogue with a live language switch, free of any framework so that the phone page stays small.
 *
 * Each page passes only the sections it shows, so a page's bundle holds no other page's texts.
 */

export type Language = 'zh-CN' | 'en'

export const LANGUAGES: readonly { code: Language; name: string }[] = [
  { code: 'zh-CN', name: '简体中文' },
  { code: 'en', name: 'English' },
]

/** Nested texts, as the JSON files under `locales/` hold them. */
export interface Catalogue {
  [key: string]: string | Catalogue
}

/** The dotted paths of all texts in `T`, such as `common.retry`. */
export type TextKey<T> = {
  [K in keyof T & string]: T[K] extends string ? K : `${K}.${TextKey<T[K]>}`
}[keyof T & string]

export type Values = Record<string, string | number>

export interface I18n<T> {
  /** The text for `key` in the present language; `{name}` is replaced by `values.name`. */
  t: (key: TextKey<T>, values?: Values) => string
  /** Whether the catalogue holds `key`: for codes that come from the server. */
  has: (key: string) => key is TextKey<T>
  language: () => Language
  setLanguage: (language: Language) => void
  /** Calls `listener` after each change of language; returns the way to stop. */
  onChange: (listener: (language: Language) => void) => () => void
}

const STORAGE_KEY = 'shiming.language'

function known(tag: string | null | undefined): Language | undefined {
  const wanted = tag?.toLowerCase()
  if (!wanted) return undefined
  if (wanted.startsWith('zh')) return 'zh-CN'
  return wanted.startsWith('en') ? 'en' : undefined
}

/** What the address asks for (`?lang=`), else what was chosen before, else the browser's wish, else Chinese. */
export function preferredLanguage(search = location.search, wishes = navigator.languages): Language {
  const asked = known(new URLSearchParams(search).get('lang'))
  const wished = wishes.map(known).find((language) => language !== undefined)
  return asked ?? known(remembered()) ?? wished ?? 'zh-CN'
}

function remembered(): string | null {
  try {
    return localStorage.getItem(STORAGE_KEY)
  } catch {
    // Storage is blocked in some private windows; the choice then lasts as long as the page.
    return null
  }
}

function remember(language: Language): void {
  try {
    localStorage.setItem(STORAGE_KEY, language)
  } catch {
    // See `remembered`.
  }
}

function lookUp(catalogue: Catalogue, key: string): string | undefined {
  let node: string | Catalogue | undefined = catalogue
  for (const part of key.split('.')) {
    if (typeof node !== 'object' || !Object.hasOwn(node, part)) return undefined
    node = node[part]
  }
  return typeof node === 'string' ? node : undefined
}

function fill(text: string, values: Values): string {
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole))
}

/** Makes the catalogue of a page and sets the document's language. */
export function createI18n<T extends Catalogue>(
  messages: Record<Language, NoInfer<T>> & { 'zh-CN': T },
  initial: Language = preferredLanguage(),
): I18n<T> {
  let current = initial
  const listeners = new Set<(language: Language) => void>()
  document.documentElement.lang = initial
  return {
    t: (key, values = {}) => fill(lookUp(messages[current], key) ?? key, values),
    has: (key): key is TextKey<T> => lookUp(messages[current], key) !== undefined,
    language: () => current,
    setLanguage(language) {
      current = language
      remember(language)
      document.documentElement.lang = language
      for (const listener of listeners) listener(language)
    },
    onChange(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}
