/** What the face screen shows while a scan runs: a pure function of the server's messages and the connection. */

import type { Action, Hint, Pace, Rgb, ScanResult, ServerMessage, Stage } from './protocol'

export type Link = 'connecting' | 'open' | 'lost'

/** `paused`: no picture for the moment, as during a phone call. */
export type CameraState = 'opening' | 'on' | 'paused'

export interface Challenge {
  cue: number
  action: Action
  timeoutMs: number
  done: boolean
}

export interface Flash {
  cue: number
  rgb: Rgb
}

export interface Live {
  link: Link
  /** The server is busy and has asked us to wait. */
  waiting: boolean
  /** Phones that wait before this one. */
  ahead: number
  camera: CameraState
  /** How to stream; `null` until the server is ready. */
  pace: Pace | null
  stage: Stage | null
  step: number
  steps: number
  hint: Hint | null
  challenge: Challenge | null
  flash: Flash | null
  /** How many stills the server has asked for on this connection. */
  stills: number
  /** Number of the last challenge or colour; 0 before the first. */
  cue: number
  /** It was too dark: the screen lights the face, and stays lit so that it does not flicker. */
  lamp: boolean
  demoGrade: boolean
  result: ScanResult | null
}

export type LiveEvent =
  | ServerMessage
  | { type: 'connected' }
  | { type: 'disconnected' }
  | { type: 'flash_over'; cue: number }
  | { type: 'camera'; camera: CameraState }

export const INITIAL_LIVE: Live = {
  link: 'connecting',
  waiting: false,
  ahead: 0,
  camera: 'opening',
  pace: null,
  stage: null,
  step: 0,
  steps: 0,
  hint: null,
  challenge: null,
  flash: null,
  stills: 0,
  cue: 0,
  lamp: false,
  demoGrade: false,
  result: null,
}

/** A new connection starts the script anew; only the camera and the light stay as they were. */
function fresh(live: Live, link: Link): Live {
  return { ...INITIAL_LIVE, link, camera: live.camera, lamp: live.lamp }
}

function withStage(live: Live, message: ServerMessage & { type: 'progress' }): Live {
  const { stage, step, steps } = message
  if (stage === live.stage) return { ...live, step, steps }
  return { ...live, stage, step, steps, hint: null, challenge: null, flash: null }
}

function withChallengeDone(live: Live, cue: number): Live {
  const { challenge } = live
  return challenge?.cue === cue ? { ...live, challenge: { ...challenge, done: true } } : live
}

function withMessage(live: Live, message: ServerMessage): Live {
  switch (message.type) {
    case 'ready':
      return {
        ...fresh(live, 'open'),
        pace: message.pace,
        stage: 'positioning',
        demoGrade: message.demoGrade,
      }
    case 'wait':
      return { ...fresh(live, 'open'), waiting: true, ahead: message.ahead }
    case 'rate':
      return { ...live, pace: message.pace }
    case 'guide':
      return { ...live, hint: message.hint, lamp: live.lamp || message.hint === 'light_too_dark' }
    case 'progress':
      return withStage(live, message)
    case 'challenge': {
      const { cue, action, timeoutMs } = message
      const challenge = { cue, action, timeoutMs, done: false }
      return { ...live, stage: 'challenge', cue, challenge, flash: null, hint: null }
    }
    case 'challenge_done':
      return withChallengeDone(live, message.cue)
    case 'colour': {
      const { cue, rgb } = message
      return { ...live, stage: 'colour', cue, flash: { cue, rgb }, challenge: null, hint: null }
    }
    case 'still':
      return { ...live, stills: live.stills + 1 }
    case 'result':
      return { ...live, result: message.result, pace: null, challenge: null, flash: null, hint: null }
  }
}

/** The next state. Nothing follows a result; messages on a lost connection can't happen and change nothing. */
export function reduceLive(live: Live, event: LiveEvent): Live {
  if (live.result) return live
  switch (event.type) {
    case 'connected':
      return fresh(live, 'open')
    case 'disconnected':
      return fresh(live, 'lost')
    case 'flash_over':
      return live.flash?.cue === event.cue ? { ...live, flash: null } : live
    case 'camera':
      return { ...live, camera: event.camera }
    default:
      return live.link === 'open' ? withMessage(live, event) : live
  }
}
