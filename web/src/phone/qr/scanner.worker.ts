/** Reads QR codes off the page's thread, so that the preview stays smooth. */

import decodeQR from 'qr/decode.js'

export interface DecodeRequest {
  width: number
  height: number
  pixels: ArrayBuffer
}

/** The code's text, or `null` where there is none. */
export type DecodeAnswer = string | null

/** Off the page's thread there is time to look at a hard picture more than once, yet several a second. */
const PATIENCE = { effort: 8, timeLimit: 120 }

function decode({ width, height, pixels }: DecodeRequest): DecodeAnswer {
  try {
    return decodeQR({ width, height, data: new Uint8ClampedArray(pixels) }, PATIENCE)
  } catch {
    // The decoder throws for each picture without a readable code, which is nearly every picture.
    return null
  }
}

addEventListener('message', (event: MessageEvent<DecodeRequest>) => {
  postMessage(decode(event.data))
})
