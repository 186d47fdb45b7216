/** Who is asking, before anything else: the guard against QR codes sent by strangers. */

import type { ScanView } from '@/shared/types'
import { usePage } from '../context'
import type { Flow } from '../flow/flow'
import { Button, Note, Title, Trouble } from './parts'

function Facts({ view }: { view: ScanView }) {
  const { t } = usePage().texts
  const account = view.account.name || view.account.id
  const rows: [string, string][] = [
    [t('phone.ask.platform'), view.platform.name],
    [t('phone.ask.account'), account],
    [t('common.element.enterprise_name'), view.enterprise_name],
    [t('common.element.uscc'), view.uscc],
    [t('common.element.legal_representative'), view.legal_representative],
  ]
  return (
    <dl class="card facts">
      {rows.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  )
}

export function Ask({ flow, view }: { flow: Flow; view: ScanView }) {
  const { texts, controller } = usePage()
  const { t } = texts
  return (
    <>
      <Title>{t('phone.ask.title')}</Title>
      <p class="lead">{t('phone.ask.lead')}</p>
      {view.demo && <Note>{t('common.demo_note')}</Note>}
      <Facts view={view} />
      <section class="card match">
        <h2>{t('phone.ask.match_title')}</h2>
        <p class="match-code">{view.match_code}</p>
        <p>{t('phone.ask.match_help')}</p>
      </section>
      <Note tone="warning" icon="warning" title={t('phone.ask.warning_title')}>
        {t('phone.ask.warning')}
      </Note>
      <Trouble facts={flow.trouble} />
      <div class="actions">
        <Button kind="primary" onClick={() => controller.store.dispatch({ type: 'recognised' })}>
          {t('phone.ask.match_yes')}
        </Button>
        <Button kind="danger" busy={flow.busy} onClick={() => void controller.answer(false)}>
          {t('phone.ask.unexpected')}
        </Button>
      </div>
    </>
  )
}
