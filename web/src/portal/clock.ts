/** The server's present time, ticking, for countdowns. */
import { onUnmounted, ref, type Ref } from 'vue'
import type { CaseStore } from './case-store'

const TICK_MS = 500

/** Milliseconds since the epoch by the server's clock; ticks while the component lives. */
export function useServerNow(store: CaseStore): Readonly<Ref<number>> {
  const present = (): number => Date.now() + store.clockOffset.value
  const now = ref(present())
  const timer = setInterval(() => (now.value = present()), TICK_MS)
  onUnmounted(() => clearInterval(timer))
  return now
}
