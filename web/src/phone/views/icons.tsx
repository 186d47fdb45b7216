/** Line icons, drawn in the text's colour. They only repeat what the text beside them says. */

import type { JSX } from 'preact'

const SHAPES = {
  brand: <path d="M12 3 5 6v5c0 4.4 2.9 8.3 7 9.8 4.1-1.5 7-5.4 7-9.8V6zM8.7 12.1l2.4 2.4 4.4-4.8" />,
  speaker: (
    <path d="M4 9.5v5h3.2L12 18.5v-13L7.2 9.5zM15.5 9.2a4 4 0 0 1 0 5.6M18 6.8a7.4 7.4 0 0 1 0 10.4" />
  ),
  speaker_off: <path d="M4 9.5v5h3.2L12 18.5v-13L7.2 9.5zM16 9.5l5 5M21 9.5l-5 5" />,
  warning: <path d="M12 4 2.8 19.5h18.4zM12 10v4.5M12 17v.2" />,
  info: <path d="M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18zM12 11v5M12 7.8V8" />,
  check: <path d="m5 12.5 4.6 4.6L19 7.5" />,
  cross: <path d="m6.5 6.5 11 11M17.5 6.5l-11 11" />,
  clock: <path d="M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18zM12 7v5.2l3.4 2" />,
  link_off: (
    <path d="M9 15 6.8 17.2a3.4 3.4 0 0 1-4.8-4.8l3-3M15 9l2.2-2.2a3.4 3.4 0 0 1 4.8 4.8l-3 3M4 4l16 16" />
  ),
  camera_off: (
    <path d="M4 7.5h3l1.6-2.3h6.8L17 7.5h3a1 1 0 0 1 1 1V18M3 8.5V18a1 1 0 0 0 1 1h14M9 11.6a3.6 3.6 0 0 0 5 5M3 3l18 18" />
  ),
  qr: <path d="M4 4h6v6H4zM14 4h6v6h-6zM4 14h6v6H4zM14 14h2.5v2.5H14zM20 14v2.5M17 20h-3M20 19.5v.5" />,
  sun: (
    <path d="M12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8zM12 2.5V5M12 19v2.5M2.5 12H5M19 12h2.5M5.3 5.3 7 7M17 17l1.7 1.7M18.7 5.3 17 7M7 17l-1.7 1.7" />
  ),
  bare: (
    <path d="M12 3.5c-3.9 0-6.2 2.8-6.2 6.6 0 5 2.8 10.4 6.2 10.4s6.2-5.4 6.2-10.4c0-3.8-2.3-6.6-6.2-6.6zM9.2 10.5v.2M14.8 10.5v.2M9.8 15.2c1.3 1 3.1 1 4.4 0" />
  ),
  hold: (
    <path d="M8.5 3h7a1 1 0 0 1 1 1v16a1 1 0 0 1-1 1h-7a1 1 0 0 1-1-1V4a1 1 0 0 1 1-1zM10.5 18h3M3 9.5v5M21 9.5v5" />
  ),
  follow: <path d="M4 6h9M4 12h7M4 18h5M13.5 15.5l2.6 2.6 4.9-5.4" />,
} satisfies Record<string, JSX.Element>

export type IconName = keyof typeof SHAPES

export function Icon({ name }: { name: IconName }) {
  return (
    <svg class="icon" viewBox="0 0 24 24" aria-hidden="true">
      {SHAPES[name]}
    </svg>
  )
}
