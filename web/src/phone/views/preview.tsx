/** The person's own picture in an oval, mirrored as in a mirror, with a ring that fills as the scan goes on. */

import type { RefObject } from 'preact'

export interface PreviewProps {
  video: RefObject<HTMLVideoElement | null>
  /** From 0 to 1. */
  fraction: number
  look: 'calm' | 'hint' | 'good' | 'busy'
}

/** Clockwise from the top; an ellipse element would begin at its side. */
const OVAL = 'M150 4a146 196 0 0 1 0 392a146 196 0 0 1 0-392'

export function Preview({ video, fraction, look }: PreviewProps) {
  return (
    <div class={`preview ${look}`}>
      <div class="oval">
        {/* These attributes have to be there before the picture: without them phones open a full-screen player. */}
        <video ref={video} playsInline muted autoPlay aria-hidden="true" />
      </div>
      <svg class="ring" viewBox="0 0 300 400" aria-hidden="true">
        <path class="track" d={OVAL} pathLength="100" />
        <path
          class="filled"
          d={OVAL}
          pathLength="100"
          stroke-dasharray={`${Math.round(fraction * 100)} 100`}
        />
      </svg>
    </div>
  )
}
