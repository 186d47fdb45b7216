import { describe, expect, test } from 'vitest'
import { encodeFrame, HEADER_BYTES, MAX_FRAME_BYTES } from './frame'

const jpeg = new Uint8Array([0xff, 0xd8, 0xff, 0xd9]).buffer
const bytesOf = (frame: ArrayBuffer | null): number[] => [...new Uint8Array(frame ?? new ArrayBuffer(0))]

describe('a frame on the wire', () => {
  test('is the 16-byte big-endian header of the protocol, then the JPEG', () => {
    const frame = encodeFrame(
      { kind: 'stream', cue: 0x0102, sequence: 0x03040506, capturedAtMs: 0x0708090a0b },
      jpeg,
    )
    expect(bytesOf(frame)).toEqual([
      ...[1, 0],
      ...[0x01, 0x02],
      ...[0x03, 0x04, 0x05, 0x06],
      ...[0, 0, 0, 0x07, 0x08, 0x09, 0x0a, 0x0b],
      ...[0xff, 0xd8, 0xff, 0xd9],
    ])
  })

  test('says whether it is a still', () => {
    const frame = encodeFrame({ kind: 'still', cue: 0, sequence: 1, capturedAtMs: 0 }, jpeg)
    expect(bytesOf(frame)[1]).toBe(1)
  })

  test('counts whole milliseconds', () => {
    const frame = encodeFrame({ kind: 'stream', cue: 0, sequence: 1, capturedAtMs: 1234.6 }, jpeg)
    expect(new DataView(frame ?? jpeg).getBigUint64(8)).toBe(1235n)
  })

  test('is not made when the server would end the connection for its size', () => {
    const header = { kind: 'stream', cue: 0, sequence: 1, capturedAtMs: 0 } as const
    expect(encodeFrame(header, new ArrayBuffer(MAX_FRAME_BYTES - HEADER_BYTES))?.byteLength).toBe(
      MAX_FRAME_BYTES,
    )
    expect(encodeFrame(header, new ArrayBuffer(MAX_FRAME_BYTES - HEADER_BYTES + 1))).toBeNull()
  })
})
