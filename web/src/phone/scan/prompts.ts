/** The one sentence for the person at this moment, and how it sounds. */

import type { Live } from './live'
import type { Action, Hint, Stage } from './protocol'

export type PromptKey =
  | 'opening'
  | 'connecting'
  | 'lost'
  | 'paused'
  | 'waiting'
  | 'ready'
  | 'neutral'
  | 'done'
  | 'colour'
  | 'judging'
  | `hint.${Hint}`
  | `action.${Action}`

export interface Prompt {
  key: PromptKey
  /** `urgent` interrupts the voice; `calm` waits until it is silent. */
  urgency: 'urgent' | 'calm'
  /** Differs each time the same sentence is meant anew, such as a repeated challenge. */
  occasion: string
}

const calm = (key: PromptKey): Prompt => ({ key, urgency: 'calm', occasion: key })
const urgent = (key: PromptKey, occasion: string = key): Prompt => ({ key, urgency: 'urgent', occasion })

function challengePrompt(live: Live): Prompt {
  const { challenge } = live
  if (!challenge) return calm('neutral')
  if (challenge.done) return urgent('done', `done-${challenge.cue}`)
  return urgent(`action.${challenge.action}`, `action-${challenge.cue}`)
}

/** Trouble comes before hints, hints before the script: a person can only mend one thing at a time. */
export function promptFor(live: Live): Prompt {
  if (live.camera === 'opening') return calm('opening')
  if (live.link === 'lost') return urgent('lost')
  if (live.camera === 'paused') return urgent('paused')
  if (live.waiting) return calm('waiting')
  if (live.link === 'connecting' || live.stage === null) return calm('connecting')
  if (live.stage === 'judging') return calm('judging')
  if (live.hint) return calm(`hint.${live.hint}`)
  if (live.stage === 'colour') return calm('colour')
  return live.stage === 'challenge' ? challengePrompt(live) : calm('ready')
}

/** Where each stage begins on the ring, and how much of it the stage fills. */
const SHARE: Record<Stage, readonly [start: number, length: number]> = {
  positioning: [0, 0.15],
  challenge: [0.15, 0.6],
  colour: [0.75, 0.25],
  judging: [1, 0],
}

/** How much of the way is done, from 0 to 1, for the ring around the face. Steps count from 1. */
export function ringFraction(live: Live): number {
  if (live.stage === null) return 0
  const [start, length] = SHARE[live.stage]
  const done = Math.max(0, live.step - 1) + (live.challenge?.done ? 1 : 0)
  return start + length * (live.steps > 0 ? Math.min(done / live.steps, 1) : 0)
}
