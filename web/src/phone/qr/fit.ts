export interface Size {
  width: number
  height: number
}

/** The size of the whole picture with its long side no longer than `longSide` pixels. */
export function fitWithin(longSide: number, { width, height }: Size): Size {
  const scale = Math.min(1, longSide / Math.max(width, height, 1))
  return { width: Math.round(width * scale), height: Math.round(height * scale) }
}
