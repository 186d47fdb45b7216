import { expect, test } from 'vitest'
import { clockFace, formatRecordTime, formatTime } from './when'

test.each([
  [300_000, '5:00'],
  [299_001, '5:00'],
  [61_000, '1:01'],
  [1, '0:01'],
  [0, '0:00'],
  [-5_000, '0:00'],
  [3_600_000, '1:00:00'],
  [86_399_000, '23:59:59'],
])('%i ms left reads %s', (ms, face) => {
  expect(clockFace(ms)).toBe(face)
})

test('a time today needs no date', () => {
  const now = new Date(2026, 10, 23, 9, 0)
  expect(formatTime(new Date(2026, 10, 23, 17, 5).toISOString(), 'zh-CN', now)).toBe('17:05')
  expect(formatTime(new Date(2026, 10, 24, 0, 5).toISOString(), 'zh-CN', now)).toContain('24日')
  expect(formatTime(new Date(2026, 10, 24, 0, 5).toISOString(), 'en', now)).toContain('November 24')
})

test('what is no time is shown as it came', () => {
  expect(formatTime('soon', 'en')).toBe('soon')
})

test('a record names its zone', () => {
  expect(formatRecordTime('2026-11-23T01:02:03Z', 'en')).toMatch(/2026.*\d\d:02:03 \(UTC.*\)$/)
})
