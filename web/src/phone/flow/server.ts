/** The phone's requests to the server, as `/openapi.json` describes them. */

import { request } from '@/shared/api'
import type { AppConfig, NoticeView, ScanView } from '@/shared/types'

const post = <T>(path: string, body: unknown): Promise<T> => request<T>(path, { method: 'POST', body })

export interface Server {
  /** Trades the code's token for a cookie that binds this phone. */
  claim: (token: string) => Promise<ScanView>
  /** The scan that this phone is bound to. */
  scan: () => Promise<ScanView>
  /** The notice in the page's language. */
  notice: () => Promise<NoticeView>
  answerConsent: (version: string, agreed: boolean) => Promise<ScanView>
  config: () => Promise<AppConfig>
}

export const SERVER: Server = {
  claim: (token) => post('/phone/api/claim', { token }),
  scan: () => request('/phone/api/scan'),
  notice: () => request('/phone/api/notice'),
  answerConsent: (version, agreed) => post('/phone/api/consent', { version, agreed }),
  config: () => request('/app/config'),
}
