/** Shows the screen that the flow is on. */

import { useEffect, useState } from 'preact/hooks'
import type { ScanView } from '@/shared/types'
import { usePage, useStore } from './context'
import type { Flow } from './flow/flow'
import { Ask } from './views/ask'
import { CameraHelp } from './views/camera-help'
import { Consent } from './views/consent'
import { Ending, Refused, Tried } from './views/endings'
import { Face } from './views/face'
import { Leave } from './views/leave'
import { Scanner } from './views/scanner'
import { Start } from './views/start'
import { TopBar } from './views/top-bar'

function Loading() {
  const { t } = usePage().texts
  return (
    <p class="loading" role="status">
      <span class="spinner" aria-hidden="true" />
      {t('common.loading')}
    </p>
  )
}

/** The screens of a claimed scan. */
function Claimed({ flow, view }: { flow: Flow; view: ScanView }) {
  const { screen } = flow
  if (flow.leaving) return <Leave flow={flow} />
  switch (screen.name) {
    case 'ask':
      return <Ask flow={flow} view={view} />
    case 'consent':
      return <Consent flow={flow} />
    case 'start':
      return <Start flow={flow} view={view} problem={screen.problem} />
    case 'face':
      return <Face />
    case 'tried':
      return <Tried attempt={screen.attempt} />
    case 'end':
      return <Ending end={screen.end} code={screen.code} />
    default:
      return null
  }
}

function Content({ flow, onAnyway }: { flow: Flow; onAnyway: () => void }) {
  const { screen, view } = flow
  switch (screen.name) {
    case 'loading':
      return <Loading />
    case 'blocked':
      return <CameraHelp problem={screen.problem} claimed={false} onRetry={onAnyway} />
    case 'scanner':
      return <Scanner />
    case 'refused':
      return <Refused trouble={screen.trouble} />
    default:
      return view && <Claimed flow={flow} view={view} />
  }
}

/** Screens on which the PC may have moved on without the phone being told. */
const WAITING: readonly Flow['screen']['name'][] = ['ask', 'consent', 'start', 'tried']

/** Asks the server again when the page comes back to the front, and when the scan's time is over. */
function useFreshness(flow: Flow): void {
  const { controller } = usePage()
  const waiting = WAITING.includes(flow.screen.name)
  const expiresAt = flow.view?.expires_at
  useEffect(() => {
    if (!waiting || !expiresAt) return undefined
    const refresh = (): void => {
      if (!document.hidden) void controller.refresh()
    }
    const timer = setTimeout(refresh, Math.max(0, Date.parse(expiresAt) - Date.now()) + 1_000)
    document.addEventListener('visibilitychange', refresh)
    return () => {
      clearTimeout(timer)
      document.removeEventListener('visibilitychange', refresh)
    }
  }, [controller, waiting, expiresAt])
}

export function App({ onAnyway }: { onAnyway: () => void }) {
  const { texts, controller } = usePage()
  const flow = useStore(controller.store)
  const [, setLanguage] = useState(texts.language())
  useEffect(() => texts.onChange(setLanguage), [texts])
  useFreshness(flow)
  const key = flow.leaving ? 'leave' : flow.screen.name
  return (
    <>
      <TopBar demo={flow.view?.demo ?? false} />
      <main class="screen" data-screen={key} key={key}>
        <Content flow={flow} onAnyway={onAnyway} />
      </main>
    </>
  )
}
