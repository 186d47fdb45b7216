/** Looks for QR codes in the preview: with the browser's own detector where it has one, else in a worker. */

import { fitWithin } from './fit'
import type { DecodeAnswer, DecodeRequest } from './scanner.worker'

/** Between two looks; the person holds the phone for longer than that. */
const LOOK_EVERY_MS = 120
/** Larger pictures take longer and find hardly more. */
const LONG_SIDE = 960

type Decode = (video: HTMLVideoElement) => Promise<string | null>

interface NativeDetector {
  detect: (source: CanvasImageSource) => Promise<{ rawValue: string }[]>
}

interface NativeDetectorClass {
  new (options: { formats: string[] }): NativeDetector
  getSupportedFormats: () => Promise<string[]>
}

async function nativeDecoder(): Promise<Decode | null> {
  const Detector = (globalThis as { BarcodeDetector?: NativeDetectorClass }).BarcodeDetector
  if (!Detector) return null
  try {
    if (!(await Detector.getSupportedFormats()).includes('qr_code')) return null
    const detector = new Detector({ formats: ['qr_code'] })
    return async (video) => (await detector.detect(video))[0]?.rawValue ?? null
  } catch {
    return null
  }
}

class WorkerDecoder {
  private readonly worker = new Worker(new URL('./scanner.worker.ts', import.meta.url), { type: 'module' })
  private readonly canvas = document.createElement('canvas')

  readonly decode: Decode = (video) =>
    new Promise((resolve, reject) => {
      const request = this.picture(video)
      if (!request) {
        resolve(null)
        return
      }
      this.worker.onmessage = (event: MessageEvent<DecodeAnswer>) => resolve(event.data)
      this.worker.onerror = () => reject(new Error('the QR worker failed'))
      this.worker.postMessage(request, [request.pixels])
    })

  stop(): void {
    this.worker.terminate()
  }

  private picture(video: HTMLVideoElement): DecodeRequest | null {
    const { width, height } = fitWithin(LONG_SIDE, { width: video.videoWidth, height: video.videoHeight })
    const context = this.canvas.getContext('2d', { willReadFrequently: true })
    if (!context || width === 0) return null
    if (this.canvas.width !== width) this.canvas.width = width
    if (this.canvas.height !== height) this.canvas.height = height
    context.drawImage(video, 0, 0, width, height)
    return { width, height, pixels: context.getImageData(0, 0, width, height).data.buffer }
  }
}

/** Calls `onText` for each code seen in the preview, until the returned function is called. */
export function scanCodes(video: HTMLVideoElement, onText: (text: string) => void): () => void {
  let running = true
  const isRunning = (): boolean => running
  let worker: WorkerDecoder | null = null
  const workerDecode: Decode = (source) => (worker ??= new WorkerDecoder()).decode(source)
  const loop = async (): Promise<void> => {
    let decode = (await nativeDecoder()) ?? workerDecode
    while (isRunning()) {
      const text = await decode(video).catch(() => {
        // The native detector lives in a service that may be missing although the browser promises it.
        decode = workerDecode
        return null
      })
      // The loop may have been stopped while it waited.
      if (isRunning() && text) onText(text)
      await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS))
    }
    worker?.stop()
  }
  void loop()
  return () => {
    running = false
  }
}
