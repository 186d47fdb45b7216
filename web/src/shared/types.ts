/** What the server's API speaks: the generated schema under the names that the pages use. */
import type { components } from '@api'

type Schemas = components['schemas']

/** The schema lets a nullable field be absent; the server always sends it, as `null` when it has no value. */
export type Sent<T> = T extends readonly (infer Item)[]
  ? Sent<Item>[]
  : T extends object
    ? { [Key in keyof T]-?: Sent<T[Key]> }
    : T

export type SubjectType = Schemas['SubjectTypeName']
export type Method = Schemas['MethodName']
export type CaseState = Schemas['StateName']

export type LastError = Sent<Schemas['NoticeView']>

/** The elements as typed, except that the person's name and ID number come back masked. */
export type ElementsView = Sent<Schemas['ElementsView']>
export type ElementsInput = Schemas['ElementsRequest']

export type Branch = Sent<Schemas['BranchView']>
export type Branches = Sent<Schemas['BranchesView']>
export type BranchRegions = Sent<Schemas['BranchRegionsView']>
export type BankDetails = Sent<Schemas['BankDetailsView']>

export type ScanPhase = Schemas['PhaseName']
export type ScanProgress = Sent<Schemas['ScanProgressView']>
export type Channel = Schemas['ChannelName']
export type HandOff = Sent<Schemas['HandOffView']>
export type MessageView = Sent<Schemas['MessageView']>
export type RefusedScope = Schemas['RefusedScope']
export type CaseView = Sent<Schemas['CaseView']>
export type SyncStart = Schemas['SyncStart']
export type ConsentView = Sent<Schemas['ConsentView']>
export type ConsentDone = Schemas['ConsentDone']
export type ConsentStandingView = Sent<Schemas['ConsentStandingView']>
export type CredentialView = Sent<Schemas['CredentialView']>

export type RenewalView = Sent<Schemas['RenewalView']>
export type RenewalStarted = Sent<Schemas['RenewalStarted']>
export type CertificateView = Sent<Schemas['CertificateView']>

export type ScanState = Schemas['ScanState']
/** `match_code` and `expires_at` are `null` once this phone no longer holds the scan. */
export type ScanView = Sent<Schemas['ScanView']>
/** The notice that the person reads before the separate consent, in the language asked for. */
export type NoticeView = Sent<Schemas['Notice']>

export type DemoCompany = Sent<Schemas['Company']>
export type DemoAccount = Sent<Schemas['DemoAccount']>

export type AppConfig = Sent<Schemas['AppConfig']>
/** The body of every refusal. */
export type ProblemDetails = Schemas['Problem']
