/** Away to the organisation's identity provider, and what the browser comes back with. */
import { computed, ref, shallowRef, type ComputedRef } from 'vue'
import type { Router } from 'vue-router'
import { ask, tell } from './server'
import { i18n } from './texts'
import type { SsoRedirect, WaysAnswer } from './types'

/** Where in the console the way began. */
const BEGAN_AT = 'shiming-console-began-at'
const BASE = '/console'

const ways = shallowRef<WaysAnswer>()

/** What came of the last way to the provider; a key of the texts under `console.sso`. */
export const outcome = ref<string>()

/** The provider, once the server has said that there is one. */
export function useProvider(): { there: ComputedRef<boolean>; name: ComputedRef<string | null | undefined> } {
  if (!ways.value)
    void ask<WaysAnswer>('/session/ways').then(
      (found) => (ways.value = found),
      // Without an answer there is no button; the other ways say themselves what is wrong.
      () => undefined,
    )
  return {
    there: computed(() => Boolean(ways.value?.sso)),
    name: computed(() => ways.value?.sso?.name),
  }
}

export async function goToProvider(path: '/session/sso' | '/session/proof/sso'): Promise<void> {
  const { redirect_to } = await tell<SsoRedirect>(path)
  sessionStorage.setItem(BEGAN_AT, location.pathname + location.search)
  location.assign(redirect_to)
}

/** Takes what the server has put into the address, and goes on where the way began. */
export async function comeBack(router: Router): Promise<void> {
  await router.isReady()
  const { sso, ...query } = router.currentRoute.value.query
  if (typeof sso !== 'string') return
  const began = sessionStorage.getItem(BEGAN_AT)
  sessionStorage.removeItem(BEGAN_AT)
  // Anybody can write an address: only what there is a text for is shown.
  const known = i18n.has(`console.sso.${sso}`) ? sso : 'failed'
  outcome.value = sso === 'signed_in' ? undefined : known
  const wentWell = ['signed_in', 'proved'].includes(sso)
  const goesOn = wentWell && began?.startsWith(`${BASE}/`) ? began.slice(BASE.length) : undefined
  await router.replace(goesOn ?? { path: '/', query })
}
