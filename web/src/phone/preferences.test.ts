import { afterEach, expect, test } from 'vitest'
import { loadPreferences, savePreferences, voiceOn } from './preferences'

afterEach(() => localStorage.clear())

test('the voice follows the large text until it is chosen', () => {
  expect(voiceOn({ largeText: false, voice: null })).toBe(false)
  expect(voiceOn({ largeText: true, voice: null })).toBe(true)
  expect(voiceOn({ largeText: true, voice: false })).toBe(false)
  expect(voiceOn({ largeText: false, voice: true })).toBe(true)
})

test('what was chosen is still chosen next time', () => {
  savePreferences({ largeText: true, voice: false })
  expect(loadPreferences()).toEqual({ largeText: true, voice: false })
})

test.each(['', 'nonsense', 'null', '7', '{"largeText":"yes","voice":1}'])(
  'stored nonsense is no choice: %s',
  (text) => {
    localStorage.setItem('shiming.phone', text)
    expect(loadPreferences()).toEqual({ largeText: false, voice: null })
  },
)
