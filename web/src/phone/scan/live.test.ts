import { describe, expect, test } from 'vitest'
import { INITIAL_LIVE, reduceLive, type Live, type LiveEvent } from './live'
import type { ServerMessage } from './protocol'

const PACE = { fps: 5, longSide: 640, jpegQuality: 0.8 }
const RESULT = { outcome: 'failed', code: 'liveness_failed', triesLeft: 2 } as const

/** One of each message that the server may send. */
const MESSAGES: ServerMessage[] = [
  { type: 'ready', try: 2, tries: 3, demoGrade: true, pace: PACE },
  { type: 'wait', retryAfterMs: 2000, ahead: 3 },
  { type: 'rate', pace: { ...PACE, fps: 3 } },
  { type: 'guide', hint: 'too_far' },
  { type: 'progress', stage: 'judging', step: 1, steps: 1 },
  { type: 'challenge', cue: 9, action: 'nod', timeoutMs: 8000 },
  { type: 'challenge_done', cue: 1 },
  { type: 'colour', cue: 10, rgb: [1, 2, 3], holdMs: 500 },
  { type: 'still' },
  { type: 'result', result: RESULT },
]

const after = (...events: LiveEvent[]): Live => events.reduce(reduceLive, INITIAL_LIVE)
const ON: LiveEvent[] = [{ type: 'camera', camera: 'on' }, { type: 'connected' }]
const READY: LiveEvent[] = [...ON, { type: 'ready', try: 1, tries: 3, demoGrade: false, pace: PACE }]
const NOD: LiveEvent = { type: 'challenge', cue: 1, action: 'nod', timeoutMs: 8000 }
const RED: LiveEvent = { type: 'colour', cue: 2, rgb: [255, 0, 0], holdMs: 500 }

/** Every state that a scan can be in. */
const STATES: Record<string, Live> = {
  connecting: after(),
  connected: after(...ON),
  waiting: after(...ON, { type: 'wait', retryAfterMs: 2000, ahead: 3 }),
  positioning: after(...READY, { type: 'guide', hint: 'too_close' }),
  challenge: after(...READY, NOD),
  'challenge seen': after(...READY, NOD, { type: 'challenge_done', cue: 1 }),
  colour: after(...READY, RED),
  judging: after(...READY, { type: 'progress', stage: 'judging', step: 1, steps: 1 }),
  lost: after(...READY, NOD, { type: 'disconnected' }),
  ended: after(...READY, { type: 'result', result: RESULT }),
}

/** What must have changed after a message, given where it arrives. */
const EXPECTED: Record<ServerMessage['type'], (state: Live) => Partial<Live>> = {
  ready: () => ({
    waiting: false,
    ahead: 0,
    stage: 'positioning',
    pace: PACE,
    cue: 0,
    challenge: null,
    demoGrade: true,
  }),
  wait: () => ({ waiting: true, ahead: 3, pace: null, stage: null }),
  rate: () => ({ pace: { ...PACE, fps: 3 } }),
  guide: () => ({ hint: 'too_far' }),
  progress: () => ({ stage: 'judging', step: 1, steps: 1, hint: null, challenge: null, flash: null }),
  challenge: () => ({
    stage: 'challenge',
    cue: 9,
    challenge: { cue: 9, action: 'nod', timeoutMs: 8000, done: false },
    flash: null,
    hint: null,
  }),
  challenge_done: ({ challenge }) => ({
    challenge: challenge?.cue === 1 ? { ...challenge, done: true } : challenge,
  }),
  colour: () => ({
    stage: 'colour',
    cue: 10,
    flash: { cue: 10, rgb: [1, 2, 3] },
    challenge: null,
    hint: null,
  }),
  still: ({ stills }) => ({ stills: stills + 1 }),
  result: () => ({ result: RESULT, pace: null, challenge: null, flash: null, hint: null }),
}

describe.each(Object.entries(STATES))('while %s', (name, state) => {
  const deaf = state.link !== 'open' || state.result !== null

  test.each(MESSAGES.map((message) => [message.type, message] as const))('%s', (type, message) => {
    const next = reduceLive(state, message)
    // "progress: judging" while judging already changes nothing but the step.
    const expected = name === 'judging' && type === 'progress' ? { stage: 'judging' } : EXPECTED[type](state)
    if (deaf) expect(next).toBe(state)
    else expect(next).toMatchObject(expected)
  })
})

describe('the connection', () => {
  test.each(Object.entries(STATES).filter(([, state]) => !state.result))(
    'lost while %s, begins anew',
    (_, state) => {
      const lost = reduceLive(state, { type: 'disconnected' })
      expect(lost).toEqual({ ...INITIAL_LIVE, link: 'lost', camera: state.camera, lamp: state.lamp })
      expect(reduceLive(lost, { type: 'connected' })).toMatchObject({ link: 'open', cue: 0, pace: null })
    },
  )

  test('lost after the result, changes nothing', () => {
    const { ended } = STATES
    expect(ended && reduceLive(ended, { type: 'disconnected' })).toBe(ended)
  })
})

describe('a flash', () => {
  test('ends with its own time', () => {
    expect(after(...READY, RED, { type: 'flash_over', cue: 2 }).flash).toBeNull()
  })

  test('is not ended by the time of the one before', () => {
    const next = after(...READY, RED, { type: 'colour', cue: 3, rgb: [0, 0, 255], holdMs: 500 })
    expect(reduceLive(next, { type: 'flash_over', cue: 2 }).flash?.cue).toBe(3)
  })
})

test('the screen that lights a dark face stays lit, also over a lost connection', () => {
  const dark = after(...READY, { type: 'guide', hint: 'light_too_dark' }, { type: 'guide', hint: null })
  expect(dark.lamp).toBe(true)
  expect(reduceLive(dark, { type: 'disconnected' }).lamp).toBe(true)
})

test('a challenge that is over is not marked done by a late message', () => {
  const second = after(...READY, NOD, { type: 'challenge', cue: 2, action: 'turn_left', timeoutMs: 8000 })
  expect(reduceLive(second, { type: 'challenge_done', cue: 1 }).challenge?.done).toBe(false)
})

test('a camera taken away and given back by a call does not disturb the script', () => {
  const paused = after(...READY, NOD, { type: 'camera', camera: 'paused' })
  expect(paused).toMatchObject({ camera: 'paused', challenge: { action: 'nod' } })
})
