/** Speaks prompts aloud: each once, urgent ones at once, calm ones when there is silence. */

import type { Language } from '@/shared/i18n'
import type { Prompt } from './scan/prompts'

/** The part of `speechSynthesis` that is used, so that tests can listen. */
export interface Speech {
  speak: (utterance: SpeechSynthesisUtterance) => void
  cancel: () => void
  getVoices: () => SpeechSynthesisVoice[]
}

/** Between two calm sentences, so that hints don't chatter. */
const CALM_PAUSE_MS = 2_500

/** In-app browsers on Android have no speech: the page then offers no voice. */
export const speechOfBrowser = (): Speech | null =>
  'speechSynthesis' in window ? window.speechSynthesis : null

function voiceFor(voices: SpeechSynthesisVoice[], language: Language): SpeechSynthesisVoice | undefined {
  const wanted = language.toLowerCase()
  const tagOf = (voice: SpeechSynthesisVoice): string => voice.lang.toLowerCase().replace('_', '-')
  return (
    voices.find((voice) => tagOf(voice) === wanted) ??
    voices.find((voice) => tagOf(voice).startsWith(wanted.slice(0, 2)))
  )
}

export class Voice {
  private on = false
  private speaking = false
  private lastOccasion = ''
  private silentUntilMs = 0
  private next: { text: string; language: Language } | null = null
  private timer: ReturnType<typeof setTimeout> | undefined

  constructor(
    private readonly speech: Speech | null,
    private readonly now: () => number = () => performance.now(),
  ) {}

  get available(): boolean {
    return this.speech !== null
  }

  /** Phones allow speech only after it was once started from a tap: call this from one. */
  setOn(on: boolean): void {
    this.on = on
    this.lastOccasion = ''
    if (!on) this.silence()
  }

  /** Says the sentence unless this occasion was the last that was spoken. */
  say(prompt: Pick<Prompt, 'occasion' | 'urgency'>, text: string, language: Language): void {
    if (!this.on || !this.speech || prompt.occasion === this.lastOccasion) return
    this.lastOccasion = prompt.occasion
    clearTimeout(this.timer)
    if (prompt.urgency === 'urgent') {
      this.silence()
      this.speak(text, language)
      return
    }
    this.next = { text, language }
    if (!this.speaking)
      this.timer = setTimeout(() => this.speakNext(), Math.max(0, this.silentUntilMs - this.now()))
  }

  silence(): void {
    clearTimeout(this.timer)
    this.next = null
    this.speaking = false
    this.speech?.cancel()
  }

  private speakNext(): void {
    const { next } = this
    this.next = null
    if (next && this.on) this.speak(next.text, next.language)
  }

  private speak(text: string, language: Language): void {
    if (!this.speech) return
    const utterance = new SpeechSynthesisUtterance(text)
    utterance.lang = language
    const voice = voiceFor(this.speech.getVoices(), language)
    if (voice) utterance.voice = voice
    utterance.onend = utterance.onerror = () => this.onSilent(utterance)
    this.current = utterance
    this.speaking = true
    this.speech.speak(utterance)
  }

  /** Kept, because some browsers forget an utterance that nothing refers to, and never report its end. */
  private current: SpeechSynthesisUtterance | null = null

  private onSilent(utterance: SpeechSynthesisUtterance): void {
    if (utterance !== this.current) return
    this.current = null
    this.speaking = false
    this.silentUntilMs = this.now() + CALM_PAUSE_MS
    if (this.next) this.timer = setTimeout(() => this.speakNext(), CALM_PAUSE_MS)
  }
}
