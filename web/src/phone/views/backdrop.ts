/** The colour that fills the screen around the preview. */

import type { Live } from '../scan/live'
import type { Rgb } from '../scan/protocol'

const WHITE: Rgb = [255, 255, 255]
/** How much white softens a colour for people who asked for less motion. */
const SOFTENED = 0.6

const css = ([red, green, blue]: Rgb): string => `rgb(${red}, ${green}, ${blue})`

function soften(colour: Rgb): Rgb {
  const mix = (channel: number): number => Math.round(channel + (255 - channel) * SOFTENED)
  const [red, green, blue] = colour
  return [mix(red), mix(green), mix(blue)]
}

/** A CSS colour, or `null` for the page's own background. */
export function backdropFor(
  { flash, lamp }: Pick<Live, 'flash' | 'lamp'>,
  reducedMotion: boolean,
): string | null {
  if (flash) return css(reducedMotion ? soften(flash.rgb) : flash.rgb)
  return lamp ? css(WHITE) : null
}
