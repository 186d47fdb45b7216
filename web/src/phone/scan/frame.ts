/** The binary camera frame of the scan protocol: a 16-byte big-endian header, then the JPEG. */

export const FRAME_VERSION = 1
export const HEADER_BYTES = 16
/** A longer binary frame ends the connection. */
export const MAX_FRAME_BYTES = 512 * 1024

export type FrameKind = 'stream' | 'still'

export interface FrameHeader {
  kind: FrameKind
  /** Number of the last colour or challenge that was on the screen when the frame was taken; 0 before the first. */
  cue: number
  /** From 1, one more with each frame of a connection. */
  sequence: number
  /** Milliseconds since the page's time origin. */
  capturedAtMs: number
}

const KIND: Record<FrameKind, number> = { stream: 0, still: 1 }

/** Joins header and JPEG; `null` when the server would refuse the frame for its size. */
export function encodeFrame(header: FrameHeader, jpeg: ArrayBuffer): ArrayBuffer | null {
  const length = HEADER_BYTES + jpeg.byteLength
  if (length > MAX_FRAME_BYTES) return null
  const frame = new ArrayBuffer(length)
  const view = new DataView(frame)
  view.setUint8(0, FRAME_VERSION)
  view.setUint8(1, KIND[header.kind])
  view.setUint16(2, header.cue)
  view.setUint32(4, header.sequence)
  view.setBigUint64(8, BigInt(Math.max(0, Math.round(header.capturedAtMs))))
  new Uint8Array(frame).set(new Uint8Array(jpeg), HEADER_BYTES)
  return frame
}
