/** The demo platform's texts. */
import zhCommon from '@locales/zh-CN/common.json'
import zhDemo from '@locales/zh-CN/demo.json'
import zhError from '@locales/zh-CN/error.json'
import enCommon from '@locales/en/common.json'
import enDemo from '@locales/en/demo.json'
import enError from '@locales/en/error.json'
import { createI18n } from '@/shared/i18n'
import { reactiveI18n } from '@/shared/vue-i18n'

export const i18n = reactiveI18n(
  createI18n({
    'zh-CN': { common: zhCommon, error: zhError, demo: zhDemo },
    en: { common: enCommon, error: enError, demo: enDemo },
  }),
)

export const t = i18n.t
