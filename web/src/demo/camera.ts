/** The computer's camera, for one photo. */

export type CameraFault = 'no_camera' | 'camera_denied'

const LONG_SIDE = 1280
const JPEG_QUALITY = 0.92

/** The camera's stream, or why there is none. Without https there are no `mediaDevices` at all. */
export async function openCamera(): Promise<MediaStream | CameraFault> {
  const devices = navigator.mediaDevices as MediaDevices | undefined
  if (!devices) return 'no_camera'
  try {
    return await devices.getUserMedia({
      video: { facingMode: 'user', width: { ideal: LONG_SIDE } },
      audio: false,
    })
  } catch (thrown) {
    return thrown instanceof DOMException && thrown.name === 'NotAllowedError' ? 'camera_denied' : 'no_camera'
  }
}

export function closeCamera(stream: MediaStream | null): void {
  stream?.getTracks().forEach((track) => track.stop())
}

/** The present picture as a JPEG, unmirrored whatever the preview shows. */
export function photoOf(video: HTMLVideoElement): Promise<Blob | null> {
  const canvas = document.createElement('canvas')
  canvas.width = video.videoWidth
  canvas.height = video.videoHeight
  canvas.getContext('2d')?.drawImage(video, 0, 0)
  return new Promise((resolve) => canvas.toBlob(resolve, 'image/jpeg', JPEG_QUALITY))
}
