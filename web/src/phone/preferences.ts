/** What the person chose for reading and hearing; kept on this phone. */

export interface Preferences {
  largeText: boolean
  /** `null` until chosen: the voice then follows the large text. */
  voice: boolean | null
}

const STORAGE_KEY = 'shiming.phone'
const DEFAULTS: Preferences = { largeText: false, voice: null }

export const voiceOn = ({ largeText, voice }: Preferences): boolean => voice ?? largeText

export function loadPreferences(): Preferences {
  try {
    const stored: unknown = JSON.parse(localStorage.getItem(STORAGE_KEY) ?? '{}')
    if (typeof stored !== 'object' || stored === null) return DEFAULTS
    const { largeText, voice } = stored as Record<string, unknown>
    return { largeText: largeText === true, voice: typeof voice === 'boolean' ? voice : null }
  } catch {
    // Storage is blocked or holds nonsense: the choice then lasts as long as the page.
    return DEFAULTS
  }
}

export function savePreferences(preferences: Preferences): void {
  try {
    localStorage.setItem(STORAGE_KEY, JSON.stringify(preferences))
  } catch {
    // See `loadPreferences`.
  }
}
