/** The camera itself: opening, closing, and noticing that it has stopped giving pictures. */

import type { CameraFacts } from '../scan/protocol'
import { problemOf, type CameraProblem } from './preflight'

/** Thrown with the reason why there is no picture. */
export class CameraFailure extends Error {
  constructor(readonly problem: CameraProblem) {
    super(problem)
    this.name = 'CameraFailure'
  }
}

export type Facing = 'user' | 'environment'

/** A camera that gives no picture for this long is not going to. */
export const FIRST_PICTURE_MS = 3_000
/** Darker than this in every pixel is no room but a covered lens or a browser that shows black. */
const BLACK_BELOW = 10
const PROBE_SIDE = 16

/** Only wishes: demands make some browsers refuse cameras that would do. */
const wishesFor = (facing: Facing): MediaTrackConstraints => ({
  facingMode: { ideal: facing },
  width: { ideal: 1280 },
  height: { ideal: 960 },
  frameRate: { ideal: 30 },
})

const nameOf = (thrown: unknown): string => (thrown instanceof Error ? thrown.name : '')

async function openStream(facing: Facing): Promise<MediaStream> {
  const media = navigator.mediaDevices
  try {
    return await media.getUserMedia({ audio: false, video: wishesFor(facing) })
  } catch (thrown) {
    if (nameOf(thrown) !== 'OverconstrainedError') throw thrown
    return media.getUserMedia({ audio: false, video: true })
  }
}

/** Shows the camera in `video`; rejects with a `CameraFailure`. To be called soon after a tap. */
export async function openCamera(video: HTMLVideoElement, facing: Facing): Promise<MediaStream> {
  try {
    const stream = await openStream(facing)
    video.srcObject = stream
    // Whether it plays shows in the picture: some browsers reject and play, others never answer.
    video.play().catch(() => undefined)
    return stream
  } catch (thrown) {
    throw new CameraFailure(problemOf(nameOf(thrown), navigator.userAgent))
  }
}

/** Ends every track, so that the next camera can be opened: some phones have only one at a time. */
export function closeCamera(video: HTMLVideoElement, stream: MediaStream): void {
  for (const track of stream.getTracks()) track.stop()
  video.srcObject = null
}

export function cameraFacts(video: HTMLVideoElement): CameraFacts {
  const track = video.srcObject instanceof MediaStream ? video.srcObject.getVideoTracks()[0] : undefined
  return {
    // A text message may have 4 KiB; labels are short, except where somebody makes them long.
    label: (track?.label ?? '').slice(0, 200),
    width: video.videoWidth,
    height: video.videoHeight,
    facing: track?.getSettings().facingMode ?? '',
  }
}

/** Whether RGBA pixels are all but black. */
export function isBlack(pixels: Uint8ClampedArray): boolean {
  return pixels.every((value, index) => index % 4 === 3 || value < BLACK_BELOW)
}

function showsBlack(video: HTMLVideoElement): boolean {
  const canvas = document.createElement('canvas')
  canvas.width = canvas.height = PROBE_SIDE
  const context = canvas.getContext('2d')
  if (!context) return false
  context.drawImage(video, 0, 0, PROBE_SIDE, PROBE_SIDE)
  return isBlack(context.getImageData(0, 0, PROBE_SIDE, PROBE_SIDE).data)
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

/** Resolves once there is a picture that is not black; rejects with a `CameraFailure` after three seconds. */
export async function firstPicture(video: HTMLVideoElement): Promise<void> {
  const since = performance.now()
  for (;;) {
    const delivers = video.readyState >= HTMLMediaElement.HAVE_CURRENT_DATA && video.videoWidth > 0
    if (delivers && !showsBlack(video)) return
    if (performance.now() - since > FIRST_PICTURE_MS)
      throw new CameraFailure(delivers ? 'black' : 'no_picture')
    await pause(100)
  }
}
