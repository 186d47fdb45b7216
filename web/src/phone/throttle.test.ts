import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { latestEvery } from './throttle'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

test('the first comes at once, then only the latest of each second', () => {
  const delivered: string[] = []
  const deliver = latestEvery<string>(1000, (value) => delivered.push(value))
  deliver('a')
  deliver('b')
  deliver('c')
  expect(delivered).toEqual(['a'])
  vi.advanceTimersByTime(999)
  expect(delivered).toEqual(['a'])
  vi.advanceTimersByTime(1)
  expect(delivered).toEqual(['a', 'c'])
  vi.advanceTimersByTime(1000)
  deliver('d')
  expect(delivered).toEqual(['a', 'c', 'd'])
})
