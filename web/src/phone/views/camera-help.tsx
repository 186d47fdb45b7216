/** Why there is no picture, and every way on that makes sense here. */

import type { ComponentChildren } from 'preact'
import { usePage } from '../context'
import { inAppOf, remediesFor, systemOf, type CameraProblem, type Remedy } from '../camera/preflight'
import { CopyLink } from './copy-link'
import { Note, Button, Title } from './parts'
import { SecureAddress } from './secure-address'

export interface CameraHelpProps {
  problem: CameraProblem
  claimed: boolean
  onRetry: () => void
}

function usePermissionSteps(): string {
  const { t } = usePage().texts
  const inApp = inAppOf(navigator.userAgent)
  if (inApp) return t('phone.camera.permission.in_app', { app: t(`phone.app.${inApp}`) })
  return t(`phone.camera.permission.${systemOf(navigator.userAgent, navigator.maxTouchPoints)}`)
}

export function CameraHelp({ problem, claimed, onRetry }: CameraHelpProps) {
  const { t } = usePage().texts
  const steps = usePermissionSteps()
  const inApp = inAppOf(navigator.userAgent)
  const remedies = remediesFor(problem, { inApp: inApp !== null, claimed })
  const show: Record<Remedy, () => ComponentChildren> = {
    https: () => <SecureAddress />,
    copy_link: () => <CopyLink />,
    permission: () => <Note>{steps}</Note>,
    renew: () => <Note>{t('phone.camera.claimed_elsewhere')}</Note>,
    retry: () => (
      <Button kind="primary" onClick={onRetry}>
        {t('common.retry')}
      </Button>
    ),
    anyway: () => <Button onClick={onRetry}>{t('phone.camera.anyway')}</Button>,
  }
  return (
    <>
      <Title icon="camera_off" tone="warning">
        {t(`phone.camera.${problem}.title`)}
      </Title>
      <p class="lead">{t(`phone.camera.${problem}.text`, { app: inApp ? t(`phone.app.${inApp}`) : '' })}</p>
      <div class="stack">
        {remedies.map((remedy) => (
          <div key={remedy}>{show[remedy]()}</div>
        ))}
      </div>
    </>
  )
}
