/** Loading something for a page: its states are loading, failed, there. */
import { ref, shallowRef, type Ref, type ShallowRef } from 'vue'
import { asProblem } from '@/shared/api'
import { session } from './session'
import { complaint } from './texts'

export interface Load<T> {
  data: ShallowRef<T | undefined>
  loading: Ref<boolean>
  failed: Ref<string | undefined>
  load: () => Promise<void>
}

export function useLoad<T>(get: () => Promise<T>): Load<T> {
  const data = shallowRef<T>()
  const loading = ref(true)
  const failed = ref<string>()
  let newest = 0
  async function load(): Promise<void> {
    const mine = ++newest
    loading.value = true
    failed.value = undefined
    try {
      const found = await get()
      if (mine === newest) data.value = found
    } catch (thrown) {
      if (asProblem(thrown).status === 401) session.value = undefined
      if (mine === newest) failed.value = complaint(thrown)
    } finally {
      if (mine === newest) loading.value = false
    }
  }
  void load()
  return { data, loading, failed, load }
}

/** Doing something: busy while it runs, and what went wrong. */
export function useAct(): {
  busy: Ref<boolean>
  wrong: Ref<string | undefined>
  act: (run: () => Promise<unknown>) => Promise<void>
} {
  const busy = ref(false)
  const wrong = ref<string>()
  async function act(run: () => Promise<unknown>): Promise<void> {
    if (busy.value) return
    busy.value = true
    wrong.value = undefined
    try {
      await run()
    } catch (thrown) {
      if (asProblem(thrown).status === 401 && asProblem(thrown).code === 'session_invalid')
        session.value = undefined
      else wrong.value = complaint(thrown)
    } finally {
      busy.value = false
    }
  }
  return { busy, wrong, act }
}
