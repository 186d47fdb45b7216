/** What the server's pages API speaks, after `docs/src/http-api.md`. */

export type SubjectType = 'enterprise' | 'individual_business'
export type Method = 'face' | 'bank'

export type CaseState =
  | 'draft'
  | 'checking'
  | 'registry_pending'
  | 'awaiting_scan'
  | 'scan_claimed'
  | 'face_running'
  | 'in_review'
  | 'locked'
  | 'verified'
  | 'rejected'
  | 'canceled'
  | 'expired'

export interface Platform {
  name: string
}

export interface Account {
  id: string
  name: string | null
}

export interface LastError {
  code: string
  tries_left: number | null
  retry_at?: string | null
  try_used?: boolean
  at?: string
}

/** The elements as typed, except that the person's name and ID number come back masked. */
export interface ElementsView {
  enterprise_name: string
  uscc: string
  legal_representative: string
  id_number: string
}

export interface ElementsInput {
  enterprise_name: string
  uscc: string
  legal_representative: string
  id_number: string
}

export interface InvitationView {
  seq: number
  url: string
  issued_at: string
  expires_at: string
}

export type ScanPhase = 'opened' | 'consented' | 'scanning' | 'judging' | 'paused'

export interface ScanProgress {
  phase: ScanPhase
  match_code: string
  expires_at: string | null
  step: number | null
  steps: number | null
  tries_left: number
}

export interface CaseView {
  id: string
  version: number
  state: CaseState
  demo: boolean
  platform: Platform
  account: Account
  return_url: string | null
  subject_type: SubjectType | null
  method: Method | null
  subject_types: SubjectType[]
  methods: { method: Method; available: boolean }[]
  elements: ElementsView | null
  last_error: LastError | null
  invitation: InvitationView | null
  scan: ScanProgress | null
  registry_pending: { next_check_at: string } | null
  locked_until: string | null
  credential_id: string | null
  expires_at: string
  server_time: string
}

export type CredentialStatus = 'active' | 'change_pending' | 'reverify_due' | 'suspended' | 'revoked'

export interface CredentialView {
  id: string
  status: CredentialStatus
  subject_type: SubjectType
  enterprise_name: string
  uscc: string
  legal_representative: string
  id_number: string
  method: Method
  assurance_level: string
  demo_grade: boolean
  demo: boolean
  verified_at: string
  source: { kind: string }
  verification_id: string
}

export type ScanState =
  'consent' | 'ready' | 'scanning' | 'declined' | 'verified' | 'failed' | 'in_review' | 'closed'

export interface ScanView {
  state: ScanState
  demo: boolean
  platform: Platform
  account: Account
  enterprise_name: string
  uscc: string
  legal_representative: string
  /** `null`, as is `expires_at`, once this phone no longer holds the scan. */
  match_code: string | null
  tries_left: number
  expires_at: string | null
  last_error: LastError | null
}

/** The notice that the person reads before the separate consent, in the language asked for. */
export interface NoticeView {
  version: string
  who: string
  purpose: string
  how: string
  retention: string
  rights: string
  alternatives: string
}

export type RegistryStatus = 'active' | 'cancelled' | 'revoked'

export interface DemoCompany {
  enterprise_name: string
  uscc: string
  subject_type: SubjectType
  legal_representative: string
  id_number: string
  status: RegistryStatus
  has_photo: boolean
}

export interface DemoAccount {
  account_id: string
  account_name: string
  verification_id: string
  state: CaseState
  credential: { enterprise_name: string; uscc: string; verified_at: string } | null
}

export interface AppConfig {
  demo: boolean
  languages: string[]
  privacy_url?: string | null
  support_url?: string | null
  /** Addresses of this server that a phone in the same network can open. */
  phone_urls?: string[]
  /** Whether `/ca` offers a root certificate to install. */
  has_ca?: boolean
  version: string
}
