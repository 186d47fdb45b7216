/** The bar on top of every screen: what this is, and how the person wants to read and hear it. */

import { LANGUAGES } from '@/shared/i18n'
import { useStore, usePage } from '../context'
import { voiceOn } from '../preferences'
import { Icon } from './icons'

const VOICE_ON = { occasion: 'voice on', urgency: 'urgent' } as const

export function TopBar({ demo }: { demo: boolean }) {
  const { texts, preferences, voice } = usePage()
  const chosen = useStore(preferences)
  const { t } = texts
  const other = LANGUAGES.find(({ code }) => code !== texts.language())
  const speaks = voiceOn(chosen)
  const toggleVoice = (): void => {
    preferences.dispatch({ voice: !speaks })
    if (!speaks) voice.say(VOICE_ON, t('phone.settings.voice_on'), texts.language())
  }
  return (
    <header class="top-bar">
      <span class="brand">
        <Icon name="brand" />
        <span class="brand-name">{t('common.product')}</span>
        {demo && <span class="demo-mark">{t('common.demo_ribbon')}</span>}
      </span>
      {voice.available && (
        <button type="button" class="toggle" aria-pressed={speaks} onClick={toggleVoice}>
          <Icon name={speaks ? 'speaker' : 'speaker_off'} />
          <span class="visually-hidden">{t('phone.settings.voice')}</span>
        </button>
      )}
      <button
        type="button"
        class="toggle"
        aria-pressed={chosen.largeText}
        onClick={() => preferences.dispatch({ largeText: !chosen.largeText })}
      >
        {t('phone.settings.large_text')}
      </button>
      {other && (
        <button type="button" class="toggle" lang={other.code} onClick={() => texts.setLanguage(other.code)}>
          {other.code === 'en' ? 'EN' : '中文'}
        </button>
      )}
    </header>
  )
}
