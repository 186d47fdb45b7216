import { expect, test } from 'vitest'
import { afterClose, RESUME_WINDOW_MS } from './connection'

test.each([
  [1006, { kind: 'retry', pauseMs: 500 }],
  [1001, { kind: 'retry', pauseMs: 500 }],
  [0, { kind: 'retry', pauseMs: 500 }],
  [1000, { kind: 'ask' }],
  [4403, { kind: 'ask' }],
  [4400, { kind: 'fault' }],
  [4413, { kind: 'fault' }],
  [4429, { kind: 'fault' }],
] as const)('closed with %i → %j', (code, decision) => {
  expect(afterClose({ code, attempt: 0, lostForMs: 0 })).toEqual(decision)
})

test('pauses double up to five seconds', () => {
  const pauses = [0, 1, 2, 3, 4, 9].map((attempt) => afterClose({ code: 1006, attempt, lostForMs: 0 }))
  expect(pauses).toMatchObject([500, 1000, 2000, 4000, 5000, 5000].map((pauseMs) => ({ pauseMs })))
})

test('it gives up when the server no longer keeps the try', () => {
  expect(afterClose({ code: 1006, attempt: 9, lostForMs: RESUME_WINDOW_MS - 1 }).kind).toBe('retry')
  expect(afterClose({ code: 1006, attempt: 9, lostForMs: RESUME_WINDOW_MS }).kind).toBe('give_up')
})
