/** Which screen the page is on: a pure function of the server's view of the scan and of what the person does. */

import type { ErrorFacts } from '@/shared/error-text'
import type { NoticeView, ScanView } from '@/shared/types'
import type { CameraProblem } from '../camera/preflight'
import type { ScanResult } from '../scan/protocol'

export type End = 'verified' | 'in_review' | 'failed' | 'declined' | 'closed'

/** How the last try ended, when another one is possible. */
export interface Attempt {
  code: string | null
  tryUsed: boolean
  triesLeft: number
}

export type Screen =
  /** Something was asked of the server, and nothing can be shown before it answers. */
  | { name: 'loading' }
  /** This browser can't film. The code is not claimed yet, so its link still works elsewhere. */
  | { name: 'blocked'; problem: CameraProblem }
  /** No invitation at hand: the page's own Scan. */
  | { name: 'scanner' }
  /** The invitation can't be used, or the server can't be reached. */
  | { name: 'refused'; trouble: ErrorFacts }
  /** Who is asking. */
  | { name: 'ask' }
  | { name: 'consent' }
  /** Ready to start the camera, from a tap; with the problem of the last attempt. */
  | { name: 'start'; problem: CameraProblem | null }
  | { name: 'face' }
  | { name: 'tried'; attempt: Attempt }
  | { name: 'end'; end: End; code: string | null }

export interface Flow {
  screen: Screen
  view: ScanView | null
  notice: NoticeView | null
  /** The notice was replaced by a newer version while it was being read. */
  noticeUpdated: boolean
  /** A request is under way; buttons that would send another one wait. */
  busy: boolean
  /** What went wrong with the last request on this screen. */
  trouble: ErrorFacts | null
  /** The person is being asked whether to give up the face scan for another method. */
  leaving: boolean
}

export type FlowEvent =
  | { type: 'blocked'; problem: CameraProblem }
  | { type: 'no_invitation' }
  | { type: 'loading' }
  | { type: 'refused'; trouble: ErrorFacts }
  | { type: 'view'; view: ScanView }
  | { type: 'notice'; notice: NoticeView }
  | { type: 'busy' }
  | { type: 'trouble'; trouble: ErrorFacts }
  | { type: 'recognised' }
  | { type: 'back' }
  | { type: 'camera_wanted' }
  | { type: 'camera_failed'; problem: CameraProblem }
  /** The scan stopped without a result: back to where it can be started again. */
  | { type: 'interrupted'; trouble: ErrorFacts | null }
  | { type: 'result'; result: ScanResult }
  | { type: 'leave_wanted' }
  | { type: 'stay' }

export const INITIAL_FLOW: Flow = {
  screen: { name: 'loading' },
  view: null,
  notice: null,
  noticeUpdated: false,
  busy: false,
  trouble: null,
  leaving: false,
}

const end = (which: End, code: string | null = null): Screen => ({ name: 'end', end: which, code })
const START: Screen = { name: 'start', problem: null }

/** Screens that belong to a consented scan; the server's "you may scan" does not move the person off them. */
const CONSENTED: readonly Screen['name'][] = ['start', 'face', 'tried']

function screenFor(view: ScanView, present: Screen): Screen {
  if (view.state === 'consent') return present.name === 'consent' ? present : { name: 'ask' }
  if (view.state === 'ready' || view.state === 'scanning')
    return CONSENTED.includes(present.name) ? present : START
  return end(view.state, view.state === 'failed' ? (view.last_error?.code ?? null) : null)
}

/** A scan that was not judged leaves the tries as they were, whatever number comes with it. */
function afterResult({ outcome, code, triesLeft }: ScanResult, view: ScanView): Screen {
  if (outcome === 'verified' || outcome === 'in_review') return end(outcome)
  const tryUsed = outcome === 'failed'
  if (tryUsed && triesLeft <= 0) return end('failed', code)
  return { name: 'tried', attempt: { code, tryUsed, triesLeft: tryUsed ? triesLeft : view.tries_left } }
}

/** Moves to another screen; what was said on the old one is settled. */
function to(flow: Flow, screen: Screen): Flow {
  return { ...flow, screen, busy: false, trouble: null, leaving: false }
}

/** The next state. An ended scan stays ended until another code is scanned or claimed. */
export function reduceFlow(flow: Flow, event: FlowEvent): Flow {
  switch (event.type) {
    case 'loading':
      return { ...INITIAL_FLOW }
    case 'blocked':
      return to(flow, { name: 'blocked', problem: event.problem })
    case 'no_invitation':
      return to(flow, { name: 'scanner' })
    case 'refused':
      return to(flow, { name: 'refused', trouble: event.trouble })
    case 'view':
      return withView(flow, event.view)
    case 'notice':
      return withNotice(flow, event.notice)
    case 'busy':
      return { ...flow, busy: true, trouble: null }
    case 'trouble':
      return { ...flow, busy: false, trouble: event.trouble }
    default:
      return flow.view === null || flow.screen.name === 'end' ? flow : withStep(flow, flow.view, event)
  }
}

type Step = Extract<
  FlowEvent,
  {
    type:
      | 'recognised'
      | 'back'
      | 'camera_wanted'
      | 'camera_failed'
      | 'interrupted'
      | 'result'
      | 'leave_wanted'
      | 'stay'
  }
>

function withView(flow: Flow, view: ScanView): Flow {
  const screen = screenFor(view, flow.screen)
  const next = { ...flow, view, busy: false }
  return screen === flow.screen ? next : to(next, screen)
}

function withNotice(flow: Flow, notice: NoticeView): Flow {
  const noticeUpdated = flow.notice !== null && flow.notice.version !== notice.version
  return { ...flow, notice, noticeUpdated, busy: false }
}

function withResult(flow: Flow, view: ScanView, result: ScanResult): Flow {
  const triesLeft = result.outcome === 'failed' ? result.triesLeft : view.tries_left
  return { ...to(flow, afterResult(result, view)), view: { ...view, tries_left: triesLeft } }
}

function withStep(flow: Flow, view: ScanView, step: Step): Flow {
  switch (step.type) {
    case 'recognised':
      return to(flow, { name: 'consent' })
    case 'back':
      return to(flow, { name: 'ask' })
    case 'camera_wanted':
      return to(flow, { name: 'face' })
    case 'camera_failed':
      return to(flow, { name: 'start', problem: step.problem })
    case 'interrupted':
      return { ...to(flow, START), trouble: step.trouble }
    case 'result':
      return withResult(flow, view, step.result)
    case 'leave_wanted':
      // The scan does not run on, and no time-out use up a try, while the person thinks about it.
      return { ...to(flow, flow.screen.name === 'face' ? START : flow.screen), leaving: true }
    case 'stay':
      return to(flow, flow.screen)
  }
}
