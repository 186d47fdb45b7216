/** A page about one platform: the one in the address, else the first. */
import { computed, watch, type ComputedRef } from 'vue'
import { useRoute, useRouter } from 'vue-router'
import { ask } from './server'
import type { PlatformRow } from './types'
import { useLoad, type Load } from './use-load'

export interface OfPlatform<T> {
  platforms: PlatformRow[]
  platform: PlatformRow | undefined
  found: T | undefined
}

export interface PlatformPage<T> extends Load<OfPlatform<T>> {
  platform: ComputedRef<PlatformRow | undefined>
  found: ComputedRef<T | undefined>
  choose: (id: string) => Promise<unknown>
}

export function usePlatform<T>(get: (path: string) => Promise<T>): PlatformPage<T> {
  const route = useRoute()
  const router = useRouter()
  const loaded = useLoad<OfPlatform<T>>(async () => {
    const platforms = await ask<PlatformRow[]>('/platforms')
    const platform = platforms.find(({ id }) => id === route.query['platform']) ?? platforms[0]
    return { platforms, platform, found: platform && (await get(`/platforms/${platform.id}`)) }
  })
  watch(() => route.query['platform'], loaded.load)
  return {
    ...loaded,
    platform: computed(() => loaded.data.value?.platform),
    found: computed(() => loaded.data.value?.found),
    choose: (id) => router.replace({ query: { platform: id } }),
  }
}
