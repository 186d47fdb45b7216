import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { CameraFailure, closeCamera, firstPicture, isBlack, openCamera } from './camera'

const pixels = (...rgba: number[][]): Uint8ClampedArray => new Uint8ClampedArray(rgba.flat())
const named = (name: string): Error => Object.assign(new Error(name), { name })

describe('a black picture', () => {
  test('has no light in any pixel; opacity is not light', () => {
    expect(isBlack(pixels([0, 0, 0, 255], [9, 9, 9, 255]))).toBe(true)
  })

  test('is no dark room: one pixel with some light is enough', () => {
    expect(isBlack(pixels([0, 0, 0, 255], [0, 12, 0, 255]))).toBe(false)
  })
})

describe('opening the camera', () => {
  const getUserMedia = vi.fn<(constraints: MediaStreamConstraints) => Promise<MediaStream>>()
  const stream = { getTracks: () => [] } as unknown as MediaStream
  const video = { play: () => Promise.resolve(), srcObject: null } as unknown as HTMLVideoElement

  beforeEach(() => {
    getUserMedia.mockReset()
    vi.stubGlobal('navigator', { mediaDevices: { getUserMedia }, userAgent: 'test' })
  })
  afterEach(() => vi.unstubAllGlobals())

  test('wishes for the front camera but demands nothing', async () => {
    getUserMedia.mockResolvedValue(stream)
    await openCamera(video, 'user')
    const [constraints] = getUserMedia.mock.calls[0] ?? []
    expect(constraints).toMatchObject({ audio: false, video: { facingMode: { ideal: 'user' } } })
    expect(JSON.stringify(constraints)).not.toMatch(/exact|min/)
    expect(video.srcObject).toBe(stream)
  })

  test('takes any camera where even wishes are refused', async () => {
    getUserMedia.mockRejectedValueOnce(named('OverconstrainedError')).mockResolvedValueOnce(stream)
    await openCamera(video, 'user')
    expect(getUserMedia).toHaveBeenLastCalledWith({ audio: false, video: true })
  })

  test('fails with the reason in the page’s words', async () => {
    getUserMedia.mockRejectedValue(named('NotReadableError'))
    await expect(openCamera(video, 'user')).rejects.toEqual(new CameraFailure('busy'))
  })

  test('closing it ends every track', () => {
    const tracks = [{ stop: vi.fn() }, { stop: vi.fn() }]
    closeCamera(video, { getTracks: () => tracks } as unknown as MediaStream)
    for (const track of tracks) expect(track.stop).toHaveBeenCalledOnce()
    expect(video.srcObject).toBeNull()
  })
})

test('a camera without a picture is given up after three seconds', async () => {
  vi.useFakeTimers()
  const video = { readyState: 0, videoWidth: 0 } as HTMLVideoElement
  const waiting = expect(firstPicture(video)).rejects.toEqual(new CameraFailure('no_picture'))
  await vi.advanceTimersByTimeAsync(3_200)
  await waiting
  vi.useRealTimers()
})
