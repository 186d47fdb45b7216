/**
 * A head that shows what to do. It is a mirror, like the preview: a turn to the person's own left moves to the
 * left of the screen.
 */

import type { Action } from '../scan/protocol'

/** An arrow beside the head, for the moves that have a direction. */
const ARROWS: Partial<Record<Action, string>> = {
  turn_left: 'M26 20C14 28 8 38 8 50m-6-9 6 10 9-7',
  turn_right: 'M94 20c12 8 18 18 18 30m6-9-6 10-9-7',
  nod: 'M108 32v36m-8-9 8 10 8-10',
}

export function HeadFigure({ action }: { action: Action }) {
  const arrow = ARROWS[action]
  return (
    <svg class={`head ${action}`} viewBox="0 0 120 110" aria-hidden="true">
      <path class="shoulders" d="M22 108c2-16 14-24 38-24s36 8 38 24" />
      <g class="skull">
        <ellipse class="outline" cx="60" cy="50" rx="27" ry="35" />
        <g class="features">
          <g class="eyes">
            <ellipse cx="50" cy="45" rx="3.4" ry="3.8" />
            <ellipse cx="70" cy="45" rx="3.4" ry="3.8" />
          </g>
          <path class="lids" d="M45 45c3 2.6 7 2.6 10 0M65 45c3 2.6 7 2.6 10 0" />
          <path class="nose" d="M60 48v9" />
          <ellipse class="mouth" cx="60" cy="68" rx="8" ry="1.6" />
        </g>
      </g>
      {arrow && <path class="arrow" d={arrow} />}
    </svg>
  )
}
