/** The notice and the separate consent, both in the server's words and version. */

import { useState } from 'preact/hooks'
import type { NoticeView } from '@/shared/types'
import { usePage } from '../context'
import type { Flow } from '../flow/flow'
import { Button, Note, Title, Trouble } from './parts'

const PARTS = ['who', 'purpose', 'how', 'retention', 'rights', 'alternatives'] as const

function Notice({ notice }: { notice: NoticeView }) {
  const { t } = usePage().texts
  return (
    <div class="card notice">
      {PARTS.map((part) => (
        <section key={part}>
          <h2>{t(`phone.consent.${part}`)}</h2>
          <p>{notice[part]}</p>
        </section>
      ))}
      <p class="fine-print">{t('phone.consent.version', { version: notice.version })}</p>
    </div>
  )
}

export function Consent({ flow }: { flow: Flow }) {
  const { texts, controller } = usePage()
  const { t } = texts
  const { notice } = flow
  // The tick belongs to the version that was read.
  const [agreedTo, setAgreedTo] = useState<string | null>(null)
  const checked = notice !== null && agreedTo === notice.version
  return (
    <>
      <Title>{t('phone.consent.title')}</Title>
      <div role="alert">
        {flow.noticeUpdated && (
          <Note tone="warning" icon="warning">
            {t('phone.consent.updated')}
          </Note>
        )}
      </div>
      {notice ? <Notice notice={notice} /> : <p class="lead">{t('phone.consent.loading')}</p>}
      <Trouble facts={flow.trouble} />
      {!notice && flow.trouble && (
        <Button onClick={() => void controller.loadNotice()}>{t('common.retry')}</Button>
      )}
      {notice && (
        <label class="check">
          <input
            type="checkbox"
            checked={checked}
            onChange={(event) => setAgreedTo(event.currentTarget.checked ? notice.version : null)}
          />
          <span>{t('phone.consent.check')}</span>
        </label>
      )}
      <div class="actions">
        <Button
          kind="primary"
          disabled={!checked}
          busy={flow.busy}
          onClick={() => void controller.answer(true)}
        >
          {t('phone.consent.agree')}
        </Button>
        <Button busy={flow.busy} onClick={() => void controller.answer(false)}>
          {t('phone.consent.decline')}
        </Button>
        <Button kind="quiet" onClick={() => controller.store.dispatch({ type: 'back' })}>
          {t('common.back')}
        </Button>
      </div>
    </>
  )
}
