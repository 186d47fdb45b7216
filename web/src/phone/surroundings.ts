/** What this browser is, read from it once before anything is claimed. */

import type { Surroundings } from './camera/preflight'

/** `mediaDevices` is typed as always there, but is missing on plain http and in some apps. */
const mediaDevices = (): MediaDevices | undefined =>
  (navigator as { mediaDevices?: MediaDevices }).mediaDevices

/** Some browsers keep it to themselves until they are permitted the camera. */
async function countCameras(): Promise<number | null> {
  try {
    const devices = await mediaDevices()?.enumerateDevices()
    return devices?.filter(({ kind }) => kind === 'videoinput').length ?? null
  } catch {
    return null
  }
}

export async function lookAround(): Promise<Surroundings> {
  return {
    secureContext: window.isSecureContext,
    hasMediaDevices: typeof mediaDevices()?.getUserMedia === 'function',
    cameras: await countCameras(),
    hasRequirements: 'WebSocket' in window && 'toBlob' in HTMLCanvasElement.prototype,
    userAgent: navigator.userAgent,
    touchPoints: navigator.maxTouchPoints,
  }
}
