/** What happens to the page and the camera during a scan, and must be told to the server or mended. */

import type { NoteEvent } from './protocol'

export interface WatchHandlers {
  note: (event: NoteEvent) => void
  /** The network or the page is back. */
  onBack: () => void
  onOffline: () => void
  /** Another app took the camera, as a phone call does; or gave it back. */
  onPaused: (paused: boolean) => void
  /** The camera is gone for good. */
  onEnded: () => void
}

/** Watches page and camera until the returned function is called. */
export function watch(track: MediaStreamTrack, handlers: WatchHandlers): () => void {
  const stop = new AbortController()
  const listen = (target: EventTarget, type: string, listener: () => void): void => {
    target.addEventListener(type, listener, { signal: stop.signal })
  }
  const onVisibility = (): void => {
    handlers.note(document.hidden ? 'hidden' : 'visible')
    if (!document.hidden) handlers.onBack()
  }
  const onMute = (muted: boolean): void => {
    handlers.note(muted ? 'muted' : 'unmuted')
    handlers.onPaused(muted)
  }
  listen(document, 'visibilitychange', onVisibility)
  listen(window, 'online', handlers.onBack)
  listen(window, 'offline', handlers.onOffline)
  listen(window, 'orientationchange', () => handlers.note('rotated'))
  listen(track, 'mute', () => onMute(true))
  listen(track, 'unmute', () => onMute(false))
  listen(track, 'ended', handlers.onEnded)
  return () => stop.abort()
}
