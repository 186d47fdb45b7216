/** Which screen stands for which state: pure, so that a test holds every state to having one. */
import type { CaseState, CaseView } from '@/shared/types'

export type Screen =
  | 'subject'
  | 'method'
  | 'form'
  | 'checking'
  | 'sync'
  | 'registry_pending'
  | 'qr'
  | 'scan'
  | 'in_review'
  | 'locked'
  | 'verified'
  | 'rejected'
  | 'canceled'
  | 'expired'

/** Screens on which there is nothing to do but to know: waiting, or over. */
export const NOTICES = ['registry_pending', 'in_review', 'locked', 'rejected', 'canceled', 'expired'] as const
export type NoticeKind = (typeof NOTICES)[number]

export const STEPS = ['subject', 'method', 'form', 'scan'] as const
export type Step = (typeof STEPS)[number]

/** A choice the person went back to, while the case itself stands further on. */
export type Revisit = 'subject' | 'method' | null

const SCREEN_OF_STATE: Record<Exclude<CaseState, 'draft'>, Screen> = {
  checking: 'checking',
  sync_pending: 'sync',
  registry_pending: 'registry_pending',
  awaiting_scan: 'qr',
  scan_claimed: 'scan',
  face_running: 'scan',
  in_review: 'in_review',
  locked: 'locked',
  verified: 'verified',
  rejected: 'rejected',
  canceled: 'canceled',
  expired: 'expired',
}

/** States in which the person may still go back to the choice of method. */
const WAITING: readonly CaseState[] = ['draft', 'registry_pending', 'awaiting_scan']

function draftScreen(view: CaseView): Screen {
  if (view.subject_type === null) return 'subject'
  return view.method === null ? 'method' : 'form'
}

/** The screen for `view`; `submitting` keeps the form in place while its answer is on the way. */
export function screenOf(view: CaseView, revisit: Revisit, submitting: boolean): Screen {
  if (revisit && WAITING.includes(view.state)) return revisit
  if (view.state === 'draft') return draftScreen(view)
  if (view.state === 'checking' && submitting) return 'form'
  // A phone that may go on after a failed try keeps the scan; a fresh code would take it away.
  if (view.state === 'awaiting_scan' && view.scan) return 'scan'
  return SCREEN_OF_STATE[view.state]
}

/** How many steps lie behind, for the bar at the top: 0 to 4. */
export function stepsDone(screen: Screen): number {
  const done: Partial<Record<Screen, number>> = {
    subject: 0,
    method: 1,
    sync: 1,
    form: 2,
    checking: 2,
    registry_pending: 2,
    locked: 2,
  }
  return screen === 'verified' ? STEPS.length : (done[screen] ?? 3)
}

/** Whether the case is over for good. */
export function isFinal(state: CaseState): boolean {
  return ['verified', 'rejected', 'canceled', 'expired'].includes(state)
}
