import { usePage } from '../context'
import type { Flow } from '../flow/flow'
import { Button, Title, Trouble } from './parts'

/** Giving the face scan up for another method, which also withdraws the consent. */
export function Leave({ flow }: { flow: Flow }) {
  const { texts, controller } = usePage()
  const { t } = texts
  return (
    <>
      <Title>{t('phone.leave.title')}</Title>
      <p class="lead">{t('phone.leave.text')}</p>
      <Trouble facts={flow.trouble} />
      <div class="actions">
        <Button kind="primary" onClick={() => controller.store.dispatch({ type: 'stay' })}>
          {t('phone.leave.stay')}
        </Button>
        <Button kind="danger" busy={flow.busy} onClick={() => void controller.answer(false)}>
          {t('phone.leave.confirm')}
        </Button>
      </div>
    </>
  )
}
