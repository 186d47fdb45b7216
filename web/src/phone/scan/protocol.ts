/** The messages of `docs/src/scan-protocol.md`: what the phone may say, and what the server may say. */

export const PROTOCOL_VERSION = 1

export const HINTS = [
  'face_not_found',
  'multiple_faces',
  'too_far',
  'too_close',
  'off_centre',
  'light_too_dark',
  'light_too_strong',
  'light_uneven',
  'blurred',
  'look_straight',
  'eyes_closed',
  'face_covered',
  'hold_still',
] as const
/** One thing to mend before the scan can go on. */
export type Hint = (typeof HINTS)[number]

export const ACTIONS = ['turn_left', 'turn_right', 'nod', 'open_mouth', 'close_eyes'] as const
/** What the person is asked to do; left and right are the person's own. */
export type Action = (typeof ACTIONS)[number]

export const STAGES = ['positioning', 'challenge', 'colour', 'judging'] as const
export type Stage = (typeof STAGES)[number]

export const OUTCOMES = ['verified', 'in_review', 'failed', 'no_try_used'] as const
export type Outcome = (typeof OUTCOMES)[number]

export type Rgb = readonly [number, number, number]

/** How the server wants the stream: frames a second, pixels of the long side, JPEG quality from 0 to 1. */
export interface Pace {
  fps: number
  longSide: number
  jpegQuality: number
}

export interface ScanResult {
  outcome: Outcome
  /** A key of the `error` texts. */
  code: string | null
  triesLeft: number
}

export type ServerMessage =
  | { type: 'ready'; try: number; tries: number; demoGrade: boolean; pace: Pace }
  | { type: 'wait'; retryAfterMs: number; ahead: number }
  | { type: 'rate'; pace: Pace }
  | { type: 'guide'; hint: Hint | null }
  | { type: 'progress'; stage: Stage; step: number; steps: number }
  | { type: 'challenge'; cue: number; action: Action; timeoutMs: number }
  | { type: 'challenge_done'; cue: number }
  | { type: 'colour'; cue: number; rgb: Rgb; holdMs: number }
  | { type: 'still' }
  | { type: 'result'; result: ScanResult }

export interface CameraFacts {
  label: string
  width: number
  height: number
  facing: string
}

export type NoteEvent = 'hidden' | 'visible' | 'muted' | 'unmuted' | 'rotated'

export type PhoneMessage =
  | {
      type: 'hello'
      protocol: typeof PROTOCOL_VERSION
      reduced_motion: boolean
      camera: CameraFacts
      user_agent_hints: Record<string, string | boolean>
    }
  | { type: 'note'; event: NoteEvent }
  | { type: 'leave' }

type Json = Record<string, unknown>
type Reader = (json: Json) => ServerMessage | null

const isNumber = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value)
const among = <T>(list: readonly T[], value: unknown): value is T => list.includes(value as T)

function readPace(json: Json): Pace | null {
  const { fps, width: longSide, jpeg_quality: jpegQuality } = json
  if (!isNumber(fps) || fps <= 0 || !isNumber(longSide) || !isNumber(jpegQuality)) return null
  return { fps, longSide, jpegQuality }
}

const isChannel = (value: unknown): value is number => isNumber(value) && value >= 0 && value <= 255

function readRgb(value: unknown): Rgb | null {
  if (!Array.isArray(value) || value.length !== 3 || !value.every(isChannel)) return null
  const [red, green, blue] = value as [number, number, number]
  return [red, green, blue]
}

const READERS: Record<ServerMessage['type'], Reader> = {
  ready(json) {
    const pace = readPace(json)
    if (!pace || !isNumber(json['try']) || !isNumber(json['tries'])) return null
    return {
      type: 'ready',
      try: json['try'],
      tries: json['tries'],
      demoGrade: json['demo_grade'] === true,
      pace,
    }
  },
  wait: ({ retry_after_ms: retryAfterMs, ahead }) =>
    isNumber(retryAfterMs) && isNumber(ahead) ? { type: 'wait', retryAfterMs, ahead } : null,
  rate(json) {
    const pace = readPace(json)
    return pace && { type: 'rate', pace }
  },
  guide: ({ hint }) => (hint === null || among(HINTS, hint) ? { type: 'guide', hint } : null),
  progress({ stage, step, steps }) {
    return among(STAGES, stage) && isNumber(step) && isNumber(steps)
      ? { type: 'progress', stage, step, steps }
      : null
  },
  challenge({ cue, action, timeout_ms: timeoutMs }) {
    if (!isNumber(cue) || !among(ACTIONS, action) || !isNumber(timeoutMs)) return null
    return { type: 'challenge', cue, action, timeoutMs }
  },
  challenge_done: ({ cue }) => (isNumber(cue) ? { type: 'challenge_done', cue } : null),
  colour({ cue, rgb, hold_ms: holdMs }) {
    const colour = readRgb(rgb)
    return colour && isNumber(cue) && isNumber(holdMs) ? { type: 'colour', cue, rgb: colour, holdMs } : null
  },
  still: () => ({ type: 'still' }),
  result({ outcome, code, tries_left: triesLeft }) {
    if (!among(OUTCOMES, outcome) || !isNumber(triesLeft)) return null
    return { type: 'result', result: { outcome, code: typeof code === 'string' ? code : null, triesLeft } }
  },
}

function isServerType(type: unknown): type is ServerMessage['type'] {
  return typeof type === 'string' && Object.hasOwn(READERS, type)
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

/** The message in a text frame, or `null` for one that this page does not know and therefore ignores. */
export function parseServerMessage(text: string): ServerMessage | null {
  const json = parseJson(text)
  if (typeof json !== 'object' || json === null) return null
  const { type } = json as Json
  return isServerType(type) ? READERS[type](json as Json) : null
}
