/** Times and durations as a person reads them, in the language of the page. */
import type { Language } from './i18n'

export interface DurationParts {
  hours: number
  minutes: number
  seconds: number
}

/** Splits a duration, rounding up to whole seconds so that a countdown ends at 0 and not at −0. */
export function durationParts(ms: number): DurationParts {
  const total = Math.max(0, Math.ceil(ms / 1000))
  return { hours: Math.floor(total / 3600), minutes: Math.floor((total % 3600) / 60), seconds: total % 60 }
}

/** `4:05` or `1:02:09`: the same width in every language, for countdowns. */
export function clockFace(ms: number): string {
  const { hours, minutes, seconds } = durationParts(ms)
  const two = (n: number): string => String(n).padStart(2, '0')
  return hours > 0 ? `${hours}:${two(minutes)}:${two(seconds)}` : `${minutes}:${two(seconds)}`
}

/** The time of day when it is today, otherwise with its date; `now` decides what today is. */
export function formatTime(iso: string, language: Language, now: Date = new Date()): string {
  const time = new Date(iso)
  if (Number.isNaN(time.getTime())) return iso
  const clock: Intl.DateTimeFormatOptions = { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }
  const day: Intl.DateTimeFormatOptions = { year: 'numeric', month: 'long', day: 'numeric' }
  const today = time.toDateString() === now.toDateString()
  return new Intl.DateTimeFormat(language, today ? clock : { ...day, ...clock }).format(time)
}

/** Date and time to the second with the zone, for records. */
export function formatRecordTime(iso: string, language: Language): string {
  const parts = new Intl.DateTimeFormat(language, {
    year: 'numeric',
    month: 'long',
    day: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    hourCycle: 'h23',
  })
  return `${parts.format(new Date(iso))} (${zoneName(new Date(iso))})`
}

/** `UTC+8`: the reader's zone at `time`, the same in every language. */
function zoneName(time: Date): string {
  const minutes = -time.getTimezoneOffset()
  if (minutes === 0) return 'UTC'
  const hours = Math.floor(Math.abs(minutes) / 60)
  const rest = Math.abs(minutes) % 60
  return `UTC${minutes < 0 ? '−' : '+'}${hours}${rest === 0 ? '' : `:${String(rest).padStart(2, '0')}`}`
}
