import { describe, expect, test } from 'vitest'
import { ACTIONS, HINTS, OUTCOMES, parseServerMessage, STAGES } from './protocol'

const parse = (message: unknown) => parseServerMessage(JSON.stringify(message))
const pace = { fps: 5, width: 640, jpeg_quality: 0.8 }
const parsedPace = { fps: 5, longSide: 640, jpegQuality: 0.8 }

describe('a known message', () => {
  test.each([
    [
      { type: 'ready', try: 1, tries: 3, ...pace, demo_grade: true },
      { type: 'ready', try: 1, tries: 3, demoGrade: true, pace: parsedPace },
    ],
    [
      { type: 'wait', retry_after_ms: 2000, ahead: 3 },
      { type: 'wait', retryAfterMs: 2000, ahead: 3 },
    ],
    [
      { type: 'rate', ...pace },
      { type: 'rate', pace: parsedPace },
    ],
    [
      { type: 'guide', hint: null },
      { type: 'guide', hint: null },
    ],
    [
      { type: 'challenge_done', cue: 4 },
      { type: 'challenge_done', cue: 4 },
    ],
    [
      { type: 'colour', cue: 7, rgb: [255, 0, 128], hold_ms: 500 },
      { type: 'colour', cue: 7, rgb: [255, 0, 128], holdMs: 500 },
    ],
    [{ type: 'still' }, { type: 'still' }],
    [
      { type: 'result', outcome: 'failed', code: 'face_mismatch', tries_left: 2 },
      { type: 'result', result: { outcome: 'failed', code: 'face_mismatch', triesLeft: 2 } },
    ],
    [
      { type: 'result', outcome: 'verified', code: null, tries_left: 3 },
      { type: 'result', result: { outcome: 'verified', code: null, triesLeft: 3 } },
    ],
  ])('%j is understood', (sent, understood) => {
    expect(parse(sent)).toEqual(understood)
  })

  test.each(HINTS)('the hint %s is understood', (hint) => {
    expect(parse({ type: 'guide', hint })).toEqual({ type: 'guide', hint })
  })

  test.each(ACTIONS)('the action %s is understood', (action) => {
    const message = parse({ type: 'challenge', cue: 1, action, timeout_ms: 8000 })
    expect(message).toEqual({ type: 'challenge', cue: 1, action, timeoutMs: 8000 })
  })

  test.each(STAGES)('the stage %s is understood', (stage) => {
    const message = { type: 'progress', stage, step: 1, steps: 3 }
    expect(parse(message)).toEqual(message)
  })

  test.each(OUTCOMES)('the outcome %s is understood', (outcome) => {
    expect(parse({ type: 'result', outcome, code: null, tries_left: 0 })).not.toBeNull()
  })
})

describe('anything else is ignored', () => {
  test.each([
    'not json',
    '[]',
    'null',
    '7',
    '{}',
    '{"type":"tomorrow"}',
    '{"type":"toString"}',
    '{"type":"guide","hint":"smile"}',
    '{"type":"challenge","cue":1,"action":"jump","timeout_ms":8000}',
    '{"type":"challenge","cue":"1","action":"nod","timeout_ms":8000}',
    '{"type":"colour","cue":1,"rgb":[1,2],"hold_ms":500}',
    '{"type":"colour","cue":1,"rgb":[1,2,300],"hold_ms":500}',
    '{"type":"ready","try":1,"tries":3,"fps":0,"width":640,"jpeg_quality":0.8}',
    '{"type":"rate","fps":5,"width":640}',
    '{"type":"result","outcome":"perhaps","code":null,"tries_left":1}',
  ])('%s', (text) => {
    expect(parseServerMessage(text)).toBeNull()
  })
})
