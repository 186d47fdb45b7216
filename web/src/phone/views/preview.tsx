/** The person's own picture in an oval, mirrored as in a mirror, with a ring that fills as the scan goes on. */

import type { RefObject } from 'preact'

export interface PreviewProps {
  video: RefObject<HTMLVideoElement | null>
  /** From 0 to 1. */
  fraction: number
  look: 'calm' | 'hint' | 'good' | 'busy'
}

export function Preview({ video, fraction, look }: PreviewProps) {
  return (
    <div class={`preview ${look}`}>
      <div class="oval">
        {/* These attributes have to be there before the picture: without them phones open a full-screen player. */}
        <video ref={video} playsInline muted autoPlay aria-hidden="true" />
      </div>
      <svg class="ring" viewBox="0 0 300 400" aria-hidden="true">
        <ellipse class="track" cx="150" cy="200" rx="146" ry="196" pathLength="100" />
        <ellipse
          class="filled"
          cx="150"
          cy="200"
          rx="146"
          ry="196"
          pathLength="100"
          stroke-dasharray={`${Math.round(fraction * 100)} 100`}
        />
      </svg>
    </div>
  )
}
