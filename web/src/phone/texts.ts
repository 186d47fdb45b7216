/** The phone page's texts. */
import zhCommon from '@locales/zh-CN/common.json'
import zhError from '@locales/zh-CN/error.json'
import zhPhone from '@locales/zh-CN/phone.json'
import enCommon from '@locales/en/common.json'
import enError from '@locales/en/error.json'
import enPhone from '@locales/en/phone.json'
import { createI18n, type Language } from '@/shared/i18n'

export const createTexts = (language?: Language) =>
  createI18n(
    {
      'zh-CN': { common: zhCommon, error: zhError, phone: zhPhone },
      en: { common: enCommon, error: enError, phone: enPhone },
    },
    language,
  )

export type Texts = ReturnType<typeof createTexts>
