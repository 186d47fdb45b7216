/** The catalogue of `i18n.ts` for Vue templates: `t` re-renders when the language changes. */
import { shallowRef, type Ref } from 'vue'
import type { Catalogue, I18n, Language } from './i18n'

export interface ReactiveI18n<T> extends I18n<T> {
  /** The present language, for `v-model` and watchers. */
  readonly current: Readonly<Ref<Language>>
}

/** Wraps `i18n` so that reading a text in a template subscribes to the language. */
export function reactiveI18n<T extends Catalogue>(i18n: I18n<T>): ReactiveI18n<T> {
  const current = shallowRef(i18n.language())
  i18n.onChange((language) => (current.value = language))
  return {
    ...i18n,
    current,
    language: () => current.value,
    t: (key, values) => (current.value, i18n.t(key, values)),
  }
}
