import { describe, expect, test } from 'vitest'
import { lifeLeft, shouldRenew } from './qr-renewal'
import { characterOfCode } from './rare-characters'
import { safeReturnUrl } from './return-url'
import { hasSteps, stageStates } from './scan-stages'

describe('a QR code renews by itself', () => {
  const due = { expired: true, visible: true, busy: false, renewals: 0 }

  test('when it has expired before somebody’s eyes', () => {
    expect(shouldRenew(due)).toBe(true)
  })

  test.each([{ expired: false }, { visible: false }, { busy: true }, { renewals: 3 }])(
    'but not if %j',
    (fact) => {
      expect(shouldRenew({ ...due, ...fact })).toBe(false)
    },
  )
})

test.each([
  [0, 1],
  [150, 0.5],
  [300, 0],
  [999, 0],
  [-20, 1],
])('after %i of 300 s, %d of the code’s life is left', (seconds, share) => {
  const issued = '2026-11-23T00:00:00Z'
  const now = Date.parse(issued) + seconds * 1000
  expect(lifeLeft(issued, '2026-11-23T00:05:00Z', now)).toBe(share)
})

test.each([
  ['U+4DAE', '䶮'],
  ['4dae', '䶮'],
  ['0x2CB4E', '𬭎'],
  ['Ｕ＋４ＤＡＥ', '䶮'],
  ['\\u{2CB4E}', '𬭎'],
  ['U+1F600', undefined],
  ['U+0033', undefined],
  ['110000', undefined],
  ['U+D83D', undefined],
  ['', undefined],
  ['<script>', undefined],
])('the code %s stands for %s', (code, character) => {
  expect(characterOfCode(code)).toBe(character)
})

test.each([
  ['https://platform.example/back?x=1', true],
  ['http://localhost:3000/', true],
  ['javascript:alert(1)', false],
  ['data:text/html,x', false],
  ['//platform.example', false],
  ['', false],
])('the way back %s is followed: %s', (url, followed) => {
  expect(safeReturnUrl(url) !== undefined).toBe(followed)
})

describe('the phone’s progress', () => {
  test('has one present stage, those before it done', () => {
    expect(stageStates('scanning').map(({ state }) => state)).toEqual(['done', 'done', 'current', 'todo'])
  })

  test('stands before the scan when a try broke off', () => {
    expect(stageStates('paused').map(({ state }) => state)).toEqual(['done', 'current', 'todo', 'todo'])
  })

  test('counts challenges only once there is one', () => {
    const scan = {
      phase: 'scanning',
      match_code: '42',
      expires_at: '2026-11-23T00:15:00Z',
      step: 0,
      steps: 3,
      tries_left: 3,
    } as const
    expect(hasSteps(scan)).toBe(false)
    expect(hasSteps({ ...scan, step: 1 })).toBe(true)
    expect(hasSteps({ ...scan, step: 1, phase: 'judging' })).toBe(false)
  })
})
