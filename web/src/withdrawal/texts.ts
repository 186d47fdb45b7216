/** The texts of the page that shows a consent and takes it back. */
import zhCommon from '@locales/zh-CN/common.json'
import zhError from '@locales/zh-CN/error.json'
import zhWithdrawal from '@locales/zh-CN/withdrawal.json'
import enCommon from '@locales/en/common.json'
import enError from '@locales/en/error.json'
import enWithdrawal from '@locales/en/withdrawal.json'
import { createI18n } from '@/shared/i18n'
import { reactiveI18n } from '@/shared/vue-i18n'

export const i18n = reactiveI18n(
  createI18n({
    'zh-CN': { common: zhCommon, error: zhError, withdrawal: zhWithdrawal },
    en: { common: enCommon, error: enError, withdrawal: enWithdrawal },
  }),
)

export const t = i18n.t
