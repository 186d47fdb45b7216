import { describe, expect, test } from 'vitest'
import zh from '@locales/zh-CN/phone.json'
import { INITIAL_LIVE, type Live } from './live'
import { promptFor, ringFraction } from './prompts'
import { ACTIONS, HINTS } from './protocol'

const live = (rest: Partial<Live>): Live => ({ ...INITIAL_LIVE, camera: 'on', link: 'open', ...rest })
const nod = { cue: 3, action: 'nod', timeoutMs: 8000, done: false } as const

describe('the one sentence', () => {
  test.each([
    ['opening', { camera: 'opening', link: 'connecting' }],
    ['connecting', { link: 'connecting' }],
    ['connecting', { stage: null }],
    ['lost', { link: 'lost', hint: 'too_far' }],
    ['paused', { camera: 'paused', stage: 'challenge', challenge: nod }],
    ['waiting', { waiting: true }],
    ['ready', { stage: 'positioning' }],
    ['hint.too_far', { stage: 'positioning', hint: 'too_far' }],
    ['hint.face_not_found', { stage: 'challenge', challenge: nod, hint: 'face_not_found' }],
    ['neutral', { stage: 'challenge' }],
    ['action.nod', { stage: 'challenge', challenge: nod }],
    ['done', { stage: 'challenge', challenge: { ...nod, done: true } }],
    ['colour', { stage: 'colour' }],
    ['judging', { stage: 'judging', hint: 'too_far' }],
  ] as const satisfies [string, Partial<Live>][])('is %s for %j', (key, rest) => {
    expect(promptFor(live(rest)).key).toBe(key)
  })

  test('has a text for each hint and action', () => {
    const { hint, action } = zh.face.prompt
    expect(Object.keys(hint)).toEqual([...HINTS])
    expect(Object.keys(action)).toEqual([...ACTIONS])
  })

  test('is a new occasion when the same action is asked for again', () => {
    const occasion = (cue: number) =>
      promptFor(live({ stage: 'challenge', challenge: { ...nod, cue } })).occasion
    expect(occasion(1)).not.toBe(occasion(2))
  })

  test('interrupts the voice for what must be done now, and waits with hints', () => {
    expect(promptFor(live({ stage: 'challenge', challenge: nod })).urgency).toBe('urgent')
    expect(promptFor(live({ stage: 'positioning', hint: 'blurred' })).urgency).toBe('calm')
  })
})

describe('the ring', () => {
  test('never goes back along the script', () => {
    const way: Partial<Live>[] = [
      {},
      { stage: 'positioning', step: 1, steps: 1 },
      { stage: 'challenge', step: 1, steps: 3, challenge: nod },
      { stage: 'challenge', step: 1, steps: 3, challenge: { ...nod, done: true } },
      { stage: 'challenge', step: 3, steps: 3, challenge: { ...nod, done: true } },
      { stage: 'colour', step: 1, steps: 4 },
      { stage: 'colour', step: 4, steps: 4 },
      { stage: 'judging', step: 1, steps: 1 },
    ]
    const fractions = way.map((rest) => ringFraction(live(rest)))
    expect(fractions).toEqual([...fractions].sort((a, b) => a - b))
    expect([fractions[0], fractions.at(-1)]).toEqual([0, 1])
  })

  test('stays within its round whatever the server counts', () => {
    expect(ringFraction(live({ stage: 'challenge', step: 9, steps: 3 }))).toBeLessThanOrEqual(1)
    expect(ringFraction(live({ stage: 'colour', step: 0, steps: 0 }))).toBeGreaterThanOrEqual(0)
  })
})
