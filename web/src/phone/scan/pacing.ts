/** When to take the next frame, and how large: pure rules of the stream's pace. */

import type { Pace } from './protocol'

/** With more than this unsent, the network is slower than the stream: the next frames are skipped. */
export const MAX_BUFFERED_BYTES = 96 * 1024

/** The server's limits on the long side of a frame, in pixels. */
export const SHORTEST_LONG_SIDE = 480
export const LONGEST_LONG_SIDE = 720

/** Frames have the preview's shape, so that what the server judges is what the person sees. */
export const ASPECT_WIDTH = 3
export const ASPECT_HEIGHT = 4

/** A camera's frames come a little early as often as a little late; a third of 30 fps is neither. */
const EARLY_MS = 12

export interface Moment {
  nowMs: number
  /** The slot of the last frame, or `null` before the first. */
  lastSlotMs: number | null
  bufferedBytes: number
  encoding: boolean
}

/**
 * The slot that a frame at this moment fills, or `null` when none is due. Slots lie on a grid, so that the rate
 * holds on average although cameras don't keep step with it; after a pause the grid starts anew.
 */
export function slotFor(moment: Moment, pace: Pick<Pace, 'fps'>): number | null {
  const { nowMs, lastSlotMs, bufferedBytes, encoding } = moment
  if (encoding || bufferedBytes > MAX_BUFFERED_BYTES) return null
  if (lastSlotMs === null) return nowMs
  const interval = 1000 / pace.fps
  const slot = lastSlotMs + interval
  if (nowMs < slot - EARLY_MS) return null
  return nowMs > slot + interval ? nowMs : slot
}

export interface Crop {
  /** The part of the camera's picture, in its own pixels. */
  x: number
  y: number
  width: number
  height: number
  /** The size to send. */
  outWidth: number
  outHeight: number
}

/** The central 3:4 part of the camera's picture, its long side scaled to the wanted one within the server's limits. */
export function cropFor(camera: { width: number; height: number }, longSide: number): Crop {
  const width = Math.min(camera.width, (camera.height * ASPECT_WIDTH) / ASPECT_HEIGHT)
  const height = (width * ASPECT_HEIGHT) / ASPECT_WIDTH
  const outHeight = Math.min(Math.max(longSide, SHORTEST_LONG_SIDE), LONGEST_LONG_SIDE)
  return {
    x: Math.round((camera.width - width) / 2),
    y: Math.round((camera.height - height) / 2),
    width: Math.round(width),
    height: Math.round(height),
    outWidth: Math.round((outHeight * ASPECT_WIDTH) / ASPECT_HEIGHT),
    outHeight: Math.round(outHeight),
  }
}
