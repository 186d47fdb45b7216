/** Notices what no event tells: a camera without pictures, a connection that takes no bytes, a long silence of ours. */

/** The camera has stalled when it gives no picture for this long while the page is in front. */
export const STALL_MS = 3_000
/** A full buffer that does not drain in this time means a dead connection. */
export const STUCK_MS = 6_000
/** The server takes a longer silence for a lost phone; while it lets us wait, no frames break it. */
export const SIGN_OF_LIFE_MS = 10_000

export interface Pulse {
  nowMs: number
  bufferedBytes: number
  /** Pictures are not to be expected: the page is hidden, or another app has the camera. */
  resting: boolean
  /** The server lets us wait. */
  waiting: boolean
}

export type Finding = 'no_picture' | 'dead_connection' | 'silent' | null

export class Vitals {
  private lastPictureMs: number
  private drainedMs: number
  private spokeMs: number

  constructor(nowMs: number) {
    this.lastPictureMs = this.drainedMs = this.spokeMs = nowMs
  }

  picture(nowMs: number): void {
    this.lastPictureMs = nowMs
  }

  /** The most urgent finding at this moment; to be asked about twice a second. */
  check({ nowMs, bufferedBytes, resting, waiting }: Pulse): Finding {
    if (resting) this.lastPictureMs = nowMs
    if (bufferedBytes === 0) this.drainedMs = nowMs
    if (nowMs - this.lastPictureMs > STALL_MS) return 'no_picture'
    if (nowMs - this.drainedMs > STUCK_MS) {
      this.drainedMs = nowMs
      return 'dead_connection'
    }
    if (!waiting || nowMs - this.spokeMs <= SIGN_OF_LIFE_MS) return null
    this.spokeMs = nowMs
    return 'silent'
  }
}
