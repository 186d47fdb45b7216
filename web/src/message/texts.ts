/** The texts of the page on which a message's receiver refuses more of the same. */
import zhCommon from '@locales/zh-CN/common.json'
import zhError from '@locales/zh-CN/error.json'
import zhRefusal from '@locales/zh-CN/refusal.json'
import enCommon from '@locales/en/common.json'
import enError from '@locales/en/error.json'
import enRefusal from '@locales/en/refusal.json'
import { createI18n } from '@/shared/i18n'
import { reactiveI18n } from '@/shared/vue-i18n'

export const i18n = reactiveI18n(
  createI18n({
    'zh-CN': { common: zhCommon, error: zhError, refusal: zhRefusal },
    en: { common: enCommon, error: enError, refusal: enRefusal },
  }),
)

export const t = i18n.t
