/** How a try or the whole scan ended, and what comes next. */

import { errorText, type ErrorFacts } from '@/shared/error-text'
import { usePage } from '../context'
import type { Attempt, End } from '../flow/flow'
import type { IconName } from './icons'
import { AnotherMethod, Button, Title, type Tone } from './parts'
import { Tips, useCameraTap } from './start'

const LOOKS: Record<End, readonly [IconName, Tone]> = {
  verified: ['check', 'good'],
  in_review: ['clock', 'plain'],
  failed: ['cross', 'bad'],
  declined: ['info', 'plain'],
  closed: ['link_off', 'warning'],
}

/** What follows a scan, and so a consent that can be taken back. */
const SCANNED: readonly End[] = ['verified', 'in_review', 'failed']

export function Ending({ end, code }: { end: End; code: string | null }) {
  const { texts, controller } = usePage()
  const { t } = texts
  const [icon, tone] = LOOKS[end]
  return (
    <div class="ending">
      <Title icon={icon} tone={tone}>
        {t(`phone.end.${end}.title`)}
      </Title>
      {code && <p class="lead">{errorText({ code }, texts)}</p>}
      <p class="lead">{t(`phone.end.${end}.text`)}</p>
      {SCANNED.includes(end) && <a href="/scan/consent">{t('phone.end.consent')}</a>}
      {end === 'closed' && (
        <Button kind="primary" onClick={() => controller.scanAnother()}>
          {t('phone.refused.scan_again')}
        </Button>
      )}
    </div>
  )
}

export function Tried({ attempt }: { attempt: Attempt }) {
  const { texts } = usePage()
  const { t } = texts
  const open = useCameraTap()
  const { code, tryUsed, triesLeft: n } = attempt
  return (
    <>
      <Title icon={tryUsed ? 'cross' : 'info'} tone={tryUsed ? 'bad' : 'warning'}>
        {t(tryUsed ? 'phone.tried.title' : 'phone.tried.title_no_try')}
      </Title>
      <p class="lead">{code && <strong>{errorText({ code, triesLeft: n }, texts)}</strong>}</p>
      <p class="lead">{t(tryUsed ? 'phone.tried.left' : 'phone.tried.no_try_used', { n })}</p>
      <Tips />
      <div class="actions">
        <Button kind="primary" onClick={open}>
          {t('phone.tried.retry')}
        </Button>
        <AnotherMethod />
      </div>
    </>
  )
}

/** What to do about refusals that retrying can't mend. */
const ADVICE = ['qr_expired', 'qr_already_claimed', 'session_invalid'] as const
const isAdvised = (code: string): code is (typeof ADVICE)[number] =>
  (ADVICE as readonly string[]).includes(code)

export function Refused({ trouble }: { trouble: ErrorFacts }) {
  const { texts, controller } = usePage()
  const { t } = texts
  const { code } = trouble
  return (
    <>
      <Title icon="link_off" tone="warning">
        {isAdvised(code) ? errorText(trouble, texts).replace(/[。.]$/, '') : t('phone.load_failed')}
      </Title>
      <p class="lead">{isAdvised(code) ? t(`phone.refused.${code}`) : errorText(trouble, texts)}</p>
      <div class="stack">
        {!isAdvised(code) && (
          <Button kind="primary" onClick={() => void controller.retry()}>
            {t('common.retry')}
          </Button>
        )}
        <Button kind={isAdvised(code) ? 'primary' : 'secondary'} onClick={() => controller.scanAnother()}>
          {t('phone.refused.scan_again')}
        </Button>
      </div>
    </>
  )
}
