import { expect, test } from 'vitest'
import { SIGN_OF_LIFE_MS, STALL_MS, STUCK_MS, Vitals, type Pulse } from './vitals'

const pulse = (nowMs: number, rest: Partial<Pulse> = {}): Pulse => ({
  nowMs,
  bufferedBytes: 0,
  resting: false,
  waiting: false,
  ...rest,
})

test('a camera that films and a connection that drains are well', () => {
  const vitals = new Vitals(0)
  vitals.picture(STALL_MS)
  expect(vitals.check(pulse(2 * STALL_MS))).toBeNull()
})

test('a camera without pictures is noticed', () => {
  expect(new Vitals(0).check(pulse(STALL_MS + 1))).toBe('no_picture')
})

test('a hidden page need not give pictures, and gets its time when it is back', () => {
  const vitals = new Vitals(0)
  expect(vitals.check(pulse(20_000, { resting: true }))).toBeNull()
  expect(vitals.check(pulse(20_000 + STALL_MS))).toBeNull()
})

test('a buffer that never drains is noticed, once per connection', () => {
  const vitals = new Vitals(0)
  const full = { bufferedBytes: 1, resting: true }
  expect(vitals.check(pulse(STUCK_MS, full))).toBeNull()
  expect(vitals.check(pulse(STUCK_MS + 1, full))).toBe('dead_connection')
  expect(vitals.check(pulse(STUCK_MS + 500, full))).toBeNull()
})

test('a waiting phone gives a sign of life now and then', () => {
  const vitals = new Vitals(0)
  const found = [0.5, 1.1, 1.5, 2.2].map((times) =>
    vitals.check(pulse(times * SIGN_OF_LIFE_MS, { resting: true, waiting: true })),
  )
  expect(found).toEqual([null, 'silent', null, 'silent'])
})
