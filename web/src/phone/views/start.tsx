/** Ready for the camera: what helps, and after a failure what went wrong and how to mend it. */

import type { ScanView } from '@/shared/types'
import { usePage } from '../context'
import type { Flow } from '../flow/flow'
import type { CameraProblem } from '../camera/preflight'
import { INITIAL_LIVE } from '../scan/live'
import { promptFor } from '../scan/prompts'
import { CameraHelp } from './camera-help'
import { Icon, type IconName } from './icons'
import { AnotherMethod, Button, Title, Trouble } from './parts'

const TIPS = [
  ['sun', 'phone.start.tip_light'],
  ['bare', 'phone.start.tip_bare'],
  ['hold', 'phone.start.tip_hold'],
  ['follow', 'phone.start.tip_follow'],
] as const satisfies readonly (readonly [IconName, string])[]

/** The first prompt of every scan. */
const OPENING = promptFor(INITIAL_LIVE)

export function Tips() {
  const { t } = usePage().texts
  return (
    <ul class="card tips">
      {TIPS.map(([icon, text]) => (
        <li key={text}>
          <Icon name={icon} />
          {t(text)}
        </li>
      ))}
    </ul>
  )
}

/** Opens the camera from a tap; phones allow speech only once something was spoken from a tap as well. */
export function useCameraTap(): () => void {
  const { texts, voice, controller } = usePage()
  return () => {
    voice.say(OPENING, texts.t('phone.face.prompt.opening'), texts.language())
    controller.store.dispatch({ type: 'camera_wanted' })
  }
}

export function Start({
  flow,
  view,
  problem,
}: {
  flow: Flow
  view: ScanView
  problem: CameraProblem | null
}) {
  const { t } = usePage().texts
  const open = useCameraTap()
  if (problem) {
    return (
      <>
        <CameraHelp problem={problem} claimed onRetry={open} />
        <AnotherMethod />
      </>
    )
  }
  return (
    <>
      <Title>{t('phone.start.title')}</Title>
      <p class="lead">
        {t('phone.start.for', { enterprise: view.enterprise_name })}
        <br />
        {t('phone.start.tries', { n: view.tries_left })}
      </p>
      <Tips />
      <Trouble facts={flow.trouble} />
      <div class="actions">
        <Button kind="primary" onClick={open}>
          {t('phone.start.open')}
        </Button>
        <p class="fine-print">{t('phone.start.permission_hint')}</p>
        <AnotherMethod />
      </div>
    </>
  )
}
