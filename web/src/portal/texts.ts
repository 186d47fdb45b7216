/** The portal's texts. */
import zhCommon from '@locales/zh-CN/common.json'
import zhError from '@locales/zh-CN/error.json'
import zhPortal from '@locales/zh-CN/portal.json'
import enCommon from '@locales/en/common.json'
import enError from '@locales/en/error.json'
import enPortal from '@locales/en/portal.json'
import { createI18n } from '@/shared/i18n'
import { reactiveI18n } from '@/shared/vue-i18n'

export const i18n = reactiveI18n(
  createI18n({
    'zh-CN': { common: zhCommon, error: zhError, portal: zhPortal },
    en: { common: enCommon, error: enError, portal: enPortal },
  }),
)

export const t = i18n.t
