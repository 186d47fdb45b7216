/** How long a transfer usually takes, in the largest unit that says it whole. */
import { t } from '../texts'

const HOUR = 60
const DAY = 24 * HOUR

export function usually(minutes: number): string {
  if (minutes >= DAY) return t('portal.bank.days', { n: Math.ceil(minutes / DAY) })
  if (minutes >= 2 * HOUR) return t('portal.bank.hours', { n: Math.ceil(minutes / HOUR) })
  return t('portal.bank.minutes', { n: minutes })
}
