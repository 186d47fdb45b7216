/** The page's own Scan, for phones whose camera app reads no QR codes. */

import { useEffect, useRef, useState } from 'preact/hooks'
import { CameraFailure, closeCamera, firstPicture, openCamera } from '../camera/camera'
import type { CameraProblem } from '../camera/preflight'
import { usePage } from '../context'
import { readCode, type ForeignText } from '../qr/invitation'
import { scanCodes } from '../qr/scanner'
import { CameraHelp } from './camera-help'
import { Button, Note, Title } from './parts'

interface Handlers {
  onText: (text: string) => void
  onProblem: (problem: CameraProblem) => void
}

/** Films and reads until the returned function is called; that also frees the camera for the face. */
function startScanner(video: HTMLVideoElement, handlers: Handlers): () => void {
  let stream: MediaStream | undefined
  let stopReading: (() => void) | undefined
  let stopped = false
  const stop = (): void => {
    stopped = true
    stopReading?.()
    if (stream) closeCamera(video, stream)
  }
  const start = async (): Promise<void> => {
    try {
      stream = await openCamera(video, 'environment')
      if (!stopped) await firstPicture(video)
      if (stopped) closeCamera(video, stream)
      else stopReading = scanCodes(video, handlers.onText)
    } catch (thrown) {
      if (stopped) return
      stop()
      handlers.onProblem(thrown instanceof CameraFailure ? thrown.problem : 'no_picture')
    }
  }
  void start()
  return stop
}

function Viewfinder({ onProblem, onStop }: { onProblem: Handlers['onProblem']; onStop: () => void }) {
  const { texts, onScanned } = usePage()
  const { t } = texts
  const video = useRef<HTMLVideoElement>(null)
  const [foreign, setForeign] = useState<ForeignText | null>(null)
  useEffect(() => {
    if (!video.current) return undefined
    const stop = startScanner(video.current, {
      onProblem,
      onText: (text) => {
        const reading = readCode(text, location.origin)
        if (reading.kind === 'foreign') {
          setForeign(reading.why)
          return
        }
        stop()
        onScanned(reading.token)
      },
    })
    return stop
  }, [])
  return (
    <>
      <Title>{t('phone.scanner.title')}</Title>
      <div class="viewfinder">
        <video ref={video} playsInline muted autoPlay aria-hidden="true" />
        <span class="aim" aria-hidden="true" />
      </div>
      <div role="status">
        {foreign ? (
          <Note tone="warning" icon="warning">
            {t(`phone.scanner.${foreign}`)}
          </Note>
        ) : (
          <p class="lead">{t('phone.scanner.aim')}</p>
        )}
      </div>
      <Button onClick={onStop}>{t('phone.scanner.stop')}</Button>
    </>
  )
}

export function Scanner() {
  const { t } = usePage().texts
  const [open, setOpen] = useState(false)
  const [problem, setProblem] = useState<CameraProblem | null>(null)
  const start = (): void => {
    setProblem(null)
    setOpen(true)
  }
  if (problem) return <CameraHelp problem={problem} claimed={false} onRetry={start} />
  if (open) {
    return (
      <Viewfinder
        onStop={() => setOpen(false)}
        onProblem={(found) => {
          setOpen(false)
          setProblem(found)
        }}
      />
    )
  }
  return (
    <div class="ending">
      <Title icon="qr">{t('phone.scanner.title')}</Title>
      <p class="lead">{t('phone.scanner.lead')}</p>
      <Button kind="primary" onClick={start}>
        {t('phone.scanner.open')}
      </Button>
      <p class="fine-print">{t('phone.start.permission_hint')}</p>
    </div>
  )
}
