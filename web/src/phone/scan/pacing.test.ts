import { describe, expect, test } from 'vitest'
import { cropFor, MAX_BUFFERED_BYTES, slotFor, type Moment } from './pacing'

const at = (nowMs: number, rest: Partial<Moment> = {}): Moment => ({
  nowMs,
  lastSlotMs: 0,
  bufferedBytes: 0,
  encoding: false,
  ...rest,
})

describe('the next frame', () => {
  test('is due at once when it is the first', () => {
    expect(slotFor(at(5000, { lastSlotMs: null }), { fps: 5 })).toBe(5000)
  })

  test('is due one interval after the last, a camera’s jitter allowed', () => {
    expect(slotFor(at(150), { fps: 5 })).toBeNull()
    expect(slotFor(at(190), { fps: 5 })).toBe(200)
    expect(slotFor(at(210), { fps: 5 })).toBe(200)
  })

  test('starts a new grid after a pause instead of catching up', () => {
    expect(slotFor(at(5000), { fps: 5 })).toBe(5000)
  })

  test('is skipped while the last one is being encoded', () => {
    expect(slotFor(at(500, { encoding: true }), { fps: 5 })).toBeNull()
  })

  test('is skipped while the network lags behind', () => {
    expect(slotFor(at(500, { bufferedBytes: MAX_BUFFERED_BYTES + 1 }), { fps: 5 })).toBeNull()
    expect(slotFor(at(500, { bufferedBytes: MAX_BUFFERED_BYTES }), { fps: 5 })).not.toBeNull()
  })

  test.each([3, 5, 8])('keeps %i a second on average with a camera of 30 that does not keep step', (fps) => {
    let lastSlotMs: number | null = null
    let frames = 0
    for (let nowMs = 0; nowMs < 10_000; nowMs += 33.4) {
      const slot = slotFor(at(nowMs, { lastSlotMs }), { fps })
      if (slot === null) continue
      lastSlotMs = slot
      frames += 1
    }
    expect(frames).toBeGreaterThanOrEqual(10 * fps - 1)
    expect(frames).toBeLessThanOrEqual(10 * fps + 1)
  })
})

describe('the picture that is sent', () => {
  test('is the whole of a 3:4 picture', () => {
    expect(cropFor({ width: 480, height: 640 }, 640)).toEqual({
      ...{ x: 0, y: 0, width: 480, height: 640 },
      ...{ outWidth: 480, outHeight: 640 },
    })
  })

  test('is the middle of a wide one', () => {
    expect(cropFor({ width: 1280, height: 720 }, 640)).toMatchObject({
      x: 370,
      y: 0,
      width: 540,
      height: 720,
    })
  })

  test('is the middle of a tall one', () => {
    expect(cropFor({ width: 720, height: 1280 }, 640)).toMatchObject({
      x: 0,
      y: 160,
      width: 720,
      height: 960,
    })
  })

  test.each([
    [100, 480],
    [600, 600],
    [4000, 720],
  ])('has a long side of %i as %i, within the limits', (wanted, outHeight) => {
    const crop = cropFor({ width: 1280, height: 720 }, wanted)
    expect(crop).toMatchObject({ outHeight, outWidth: (outHeight * 3) / 4 })
  })
})
