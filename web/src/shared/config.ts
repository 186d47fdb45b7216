/** What the server tells every page about itself. */
import { shallowRef, type ShallowRef } from 'vue'
import { request } from './api'
import type { AppConfig } from './types'

/** The server's configuration once it is there; a page works without it. */
export function useConfig(): Readonly<ShallowRef<AppConfig | undefined>> {
  const config = shallowRef<AppConfig>()
  request<AppConfig>('/app/config').then(
    (answer) => (config.value = answer),
    () => undefined,
  )
  return config
}
