/** Hands values on at most once per interval; of those that come too early, only the latest counts. */
export function latestEvery<T>(intervalMs: number, deliver: (value: T) => void): (value: T) => void {
  let waiting: { value: T } | null = null
  let timer: ReturnType<typeof setTimeout> | undefined
  const tick = (): void => {
    timer = undefined
    if (!waiting) return
    const { value } = waiting
    waiting = null
    hand(value)
  }
  const hand = (value: T): void => {
    deliver(value)
    timer = setTimeout(tick, intervalMs)
  }
  return (value) => {
    if (timer === undefined) hand(value)
    else waiting = { value }
  }
}
