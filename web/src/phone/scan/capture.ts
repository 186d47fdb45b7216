/** Takes frames from the preview at the server's pace. The newest frame wins; nothing queues. */

import { encodeFrame, type FrameHeader, type FrameKind } from './frame'
import { cropFor, slotFor } from './pacing'
import type { Pace } from './protocol'

/** Stills are asked for the comparison with the authority's photo: the best that a frame may be. */
const STILL_QUALITY = 0.95
const STILL_LONG_SIDE = 720

export interface CaptureOptions {
  send: (frame: ArrayBuffer) => void
  bufferedBytes: () => number
  /** Number of the challenge or colour that is on the screen now. */
  shownCue: () => number
  /** Called with each new picture of the camera, whether it is sent or not. */
  onPicture: () => void
}

export class Capture {
  private readonly canvas = document.createElement('canvas')
  private pace: Pace | null = null
  private lastSlotMs: number | null = null
  private encoding = false
  private sequence = 0
  private stillsWanted = 0
  private running = false
  /** Frames of an earlier connection carry its cues and must not reach the next. */
  private connection = 0

  constructor(
    private readonly video: HTMLVideoElement,
    private readonly options: CaptureOptions,
  ) {}

  /** Starts watching the camera; frames flow once there is a pace. */
  start(): void {
    this.running = true
    this.watch()
  }

  stop(): void {
    this.running = false
  }

  /** `null` stops the stream. Sequence numbers belong to a connection and start anew with it. */
  setPace(pace: Pace | null): void {
    if (pace === null) {
      this.sequence = 0
      this.lastSlotMs = null
      this.stillsWanted = 0
      this.connection += 1
    }
    this.pace = pace
  }

  requestStill(): void {
    this.stillsWanted += 1
  }

  private watch(): void {
    if (!this.running) return
    const next = (): void => {
      this.onPicture()
      this.watch()
    }
    // Without the callback for new pictures, as in older browsers, the screen's own rate is close enough.
    if ('requestVideoFrameCallback' in this.video) this.video.requestVideoFrameCallback(next)
    else requestAnimationFrame(next)
  }

  private onPicture(): void {
    if (!this.running || this.video.readyState < HTMLMediaElement.HAVE_CURRENT_DATA) return
    this.options.onPicture()
    const { pace } = this
    if (pace === null) return
    const slot = slotFor(
      {
        nowMs: performance.now(),
        lastSlotMs: this.lastSlotMs,
        bufferedBytes: this.options.bufferedBytes(),
        encoding: this.encoding,
      },
      pace,
    )
    if (slot === null) return
    this.lastSlotMs = slot
    this.take(pace)
  }

  private take(pace: Pace): void {
    const still = this.stillsWanted > 0
    if (still) this.stillsWanted -= 1
    const kind: FrameKind = still ? 'still' : 'stream'
    const header = { kind, cue: this.options.shownCue(), capturedAtMs: performance.now() }
    const { connection } = this
    this.draw(still ? STILL_LONG_SIDE : pace.longSide)
    this.encoding = true
    this.canvas.toBlob(
      (blob) => {
        void this.finish(blob).then((jpeg) => {
          if (jpeg && connection === this.connection) this.deliver(header, jpeg)
        })
      },
      'image/jpeg',
      still ? STILL_QUALITY : pace.jpegQuality,
    )
  }

  /** The camera's own picture, not the mirrored preview. */
  private draw(longSide: number): void {
    const crop = cropFor({ width: this.video.videoWidth, height: this.video.videoHeight }, longSide)
    // Setting a canvas's size clears it, so only when the camera was turned or the pace changed.
    if (this.canvas.width !== crop.outWidth) this.canvas.width = crop.outWidth
    if (this.canvas.height !== crop.outHeight) this.canvas.height = crop.outHeight
    const { x, y, width, height, outWidth, outHeight } = crop
    this.canvas.getContext('2d')?.drawImage(this.video, x, y, width, height, 0, 0, outWidth, outHeight)
  }

  private async finish(blob: Blob | null): Promise<ArrayBuffer | undefined> {
    const jpeg = await blob?.arrayBuffer()
    this.encoding = false
    return jpeg
  }

  private deliver(header: Omit<FrameHeader, 'sequence'>, jpeg: ArrayBuffer): void {
    if (this.pace === null || !this.running) return
    const frame = encodeFrame({ ...header, sequence: this.sequence + 1 }, jpeg)
    if (!frame) return
    this.sequence += 1
    this.options.send(frame)
  }
}
