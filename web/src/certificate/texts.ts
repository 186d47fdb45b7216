/** The texts of the certificate page. */
import zhCertificate from '@locales/zh-CN/certificate.json'
import zhCommon from '@locales/zh-CN/common.json'
import zhError from '@locales/zh-CN/error.json'
import enCertificate from '@locales/en/certificate.json'
import enCommon from '@locales/en/common.json'
import enError from '@locales/en/error.json'
import { createI18n } from '@/shared/i18n'
import { reactiveI18n } from '@/shared/vue-i18n'

export const i18n = reactiveI18n(
  createI18n({
    'zh-CN': { common: zhCommon, error: zhError, certificate: zhCertificate },
    en: { common: enCommon, error: enError, certificate: enCertificate },
  }),
)

export const t = i18n.t
