import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { Voice } from './voice'

interface Spoken {
  text: string
  lang: string
  voice?: SpeechSynthesisVoice
  onend?: () => void
}

const VOICES = [
  { lang: 'en-GB', name: 'British' },
  { lang: 'zh_CN', name: 'Putonghua' },
  { lang: 'zh-HK', name: 'Cantonese' },
] as SpeechSynthesisVoice[]

let spoken: Spoken[]
let cancelled: number
let voice: Voice
let nowMs: number

const urgent = (occasion: string) => ({ occasion, urgency: 'urgent' }) as const
const calm = (occasion: string) => ({ occasion, urgency: 'calm' }) as const
const texts = () => spoken.map(({ text }) => text)

beforeEach(() => {
  vi.useFakeTimers()
  vi.stubGlobal(
    'SpeechSynthesisUtterance',
    class {
      lang = ''
      constructor(readonly text: string) {}
    },
  )
  spoken = []
  cancelled = 0
  nowMs = 0
  const speech = {
    speak: (utterance: SpeechSynthesisUtterance) => void spoken.push(utterance as unknown as Spoken),
    cancel: () => (cancelled += 1),
    getVoices: () => VOICES,
  }
  voice = new Voice(speech, () => nowMs)
  voice.setOn(true)
})

afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

const pass = (ms: number) => {
  nowMs += ms
  vi.advanceTimersByTime(ms)
}

describe('the voice', () => {
  test('says each occasion once', () => {
    voice.say(urgent('action-1'), 'Nod', 'en')
    voice.say(urgent('action-1'), 'Nod', 'en')
    expect(texts()).toEqual(['Nod'])
    voice.say(urgent('action-2'), 'Nod', 'en')
    expect(texts()).toEqual(['Nod', 'Nod'])
  })

  test('interrupts itself for what is urgent', () => {
    voice.say(urgent('a'), 'Nod', 'en')
    const before = cancelled
    voice.say(urgent('b'), 'Good', 'en')
    expect(cancelled).toBe(before + 1)
  })

  test('waits with hints until it is silent, and then says only the newest', () => {
    voice.say(urgent('a'), 'Nod', 'en')
    voice.say(calm('far'), 'Closer', 'en')
    voice.say(calm('dark'), 'Brighter', 'en')
    pass(1_000)
    expect(texts()).toEqual(['Nod'])
    spoken[0]?.onend?.()
    pass(2_400)
    expect(texts()).toEqual(['Nod'])
    pass(200)
    expect(texts()).toEqual(['Nod', 'Brighter'])
  })

  test('drops a waiting hint when something urgent comes', () => {
    voice.say(urgent('a'), 'Nod', 'en')
    voice.say(calm('far'), 'Closer', 'en')
    voice.say(urgent('b'), 'Good', 'en')
    spoken[1]?.onend?.()
    pass(10_000)
    expect(texts()).toEqual(['Nod', 'Good'])
  })

  test('is silent when it is off', () => {
    voice.setOn(false)
    voice.say(urgent('a'), 'Nod', 'en')
    expect(texts()).toEqual([])
  })

  test('has a voice of the language, Mandarin for Chinese', () => {
    voice.say(urgent('a'), '请点头', 'zh-CN')
    voice.say(urgent('b'), 'Nod', 'en')
    expect(spoken.map((utterance) => utterance.voice?.name)).toEqual(['Putonghua', 'British'])
    expect(spoken.map(({ lang }) => lang)).toEqual(['zh-CN', 'en'])
  })

  test('does without speech where the browser has none', () => {
    const mute = new Voice(null)
    mute.setOn(true)
    expect(mute.available).toBe(false)
    expect(() => mute.say(urgent('a'), 'Nod', 'en')).not.toThrow()
  })
})
