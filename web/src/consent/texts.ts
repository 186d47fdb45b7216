/** The consent page's texts. */
import zhCommon from '@locales/zh-CN/common.json'
import zhConsent from '@locales/zh-CN/consent.json'
import zhError from '@locales/zh-CN/error.json'
import enCommon from '@locales/en/common.json'
import enConsent from '@locales/en/consent.json'
import enError from '@locales/en/error.json'
import { createI18n } from '@/shared/i18n'
import { reactiveI18n } from '@/shared/vue-i18n'

export const i18n = reactiveI18n(
  createI18n({
    'zh-CN': { common: zhCommon, error: zhError, consent: zhConsent },
    en: { common: enCommon, error: enError, consent: enConsent },
  }),
)

export const t = i18n.t
