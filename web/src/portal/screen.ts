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
  | 'bank_form'
  | 'bank_confirm'
  | 'bank_transfer'
  | 'bank_payment'
  | 'amount'
  | 'in_review'
  | 'needs_info'
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
export type Revisit = 'subject' | 'method' | 'bank_form' | null

const SCREEN_OF_STATE: Record<Exclude<CaseState, 'draft'>, Screen> = {
  checking: 'checking',
  sync_pending: 'sync',
  registry_pending: 'registry_pending',
  awaiting_scan: 'qr',
  scan_claimed: 'scan',
  face_running: 'scan',
  awaiting_transfer: 'bank_form',
  amount_pending: 'amount',
  frozen: 'amount',
  in_review: 'in_review',
  needs_info: 'needs_info',
  locked: 'locked',
  verified: 'verified',
  rejected: 'rejected',
  canceled: 'canceled',
  expired: 'expired',
}

/** States in which the person may still go back to the choice of method. */
const WAITING: readonly CaseState[] = [
  'draft',
  'registry_pending',
  'awaiting_scan',
  'awaiting_transfer',
  'amount_pending',
  'frozen',
]

function draftScreen(view: CaseView): Screen {
  if (view.subject_type === null) return 'subject'
  if (view.bank?.mending) return 'bank_form'
  return view.method === null ? 'method' : 'form'
}

const SCREEN_OF_BANK_STEP: Record<NonNullable<CaseView['bank']>['step'], Screen> = {
  details: 'bank_form',
  confirm: 'bank_confirm',
  underway: 'bank_transfer',
  payment: 'bank_payment',
  amount: 'amount',
}

/** Used-up face tries lock the face and leave the bank open; every other lock holds for all methods. */
export function mayLeaveLock(view: CaseView): boolean {
  const bank = view.methods.some((each) => each.method === 'bank' && each.available)
  return view.state === 'locked' && bank && view.last_error?.code === 'face_attempts_exceeded'
}

/** Whether the choice that the person went back to is still open. */
function mayRevisit(view: CaseView, revisit: NonNullable<Revisit>): boolean {
  if (revisit === 'bank_form') return view.bank?.step === 'confirm'
  return WAITING.includes(view.state) || (revisit === 'method' && mayLeaveLock(view))
}

/** The screen for `view`; `submitting` keeps the form in place while its answer is on the way. */
export function screenOf(view: CaseView, revisit: Revisit, submitting: boolean): Screen {
  if (revisit && mayRevisit(view, revisit)) return revisit
  if (view.state === 'draft') return draftScreen(view)
  if (view.state === 'checking' && submitting) return 'form'
  // A phone that may go on after a failed try keeps the scan; a fresh code would take it away.
  if (view.state === 'awaiting_scan' && view.scan) return 'scan'
  if (view.state === 'awaiting_transfer' && view.bank) return SCREEN_OF_BANK_STEP[view.bank.step]
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
