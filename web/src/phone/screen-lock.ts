/** Keeps the screen lit during the scan, where the browser can. */
export function keepScreenOn(): () => void {
  let lock: WakeLockSentinel | undefined
  let wanted = true
  const isWanted = (): boolean => wanted
  const acquire = async (): Promise<void> => {
    if (!isWanted() || document.hidden || !('wakeLock' in navigator)) return
    try {
      const granted = await navigator.wakeLock.request('screen')
      if (isWanted()) lock = granted
      else await granted.release()
    } catch {
      // Refused on a low battery; the scan is short enough to do without.
    }
  }
  const onVisibility = (): void => void acquire()
  // The browser takes the lock back whenever the page is hidden.
  document.addEventListener('visibilitychange', onVisibility)
  void acquire()
  return () => {
    wanted = false
    document.removeEventListener('visibilitychange', onVisibility)
    void lock?.release()
  }
}
