/** What the console's API speaks. */
import type { components } from '@api'
import type { Sent } from '@/shared/types'

type Schemas = components['schemas']

export type SessionView = Sent<Schemas['SessionView']>
export type WaysAnswer = Sent<Schemas['WaysAnswer']>
export type SsoRedirect = Sent<Schemas['SsoRedirect']>
export type AccountAnswer = Sent<Schemas['AccountAnswer']>
export type PasskeyCreation = Sent<Schemas['PasskeyCreation']>
export type PasskeyRequest = Sent<Schemas['PasskeyRequest']>
export type TotpSecret = Sent<Schemas['TotpSecret']>
export type LinkAnswer = Sent<Schemas['LinkAnswer']>
export type CaseRow = Sent<Schemas['CaseRow']>
export type CasePage = Sent<Schemas['CasePage']>
export type CaseDetail = Sent<Schemas['CaseDetail']>
export type Evidence = Sent<Schemas['Evidence']>
export type EvidenceFrame = Evidence['scans'][number]['frames'][number]
export type Revealed = Sent<Schemas['Revealed']>
export type ViewRow = Sent<Schemas['ViewRow']>
export type QueueRow = Sent<Schemas['QueueRow']>
export type Overview = Sent<Schemas['Overview']>
export type PlatformRow = Sent<Schemas['PlatformRow']>
export type KeyRow = Sent<Schemas['KeyRow']>
export type EventTypeName = Schemas['EventTypeName']
export type EndpointView = Sent<Schemas['EndpointView']>
export type DeliveryView = Sent<Schemas['DeliveryView']>
export type DeliveryPage = Sent<Schemas['Page_DeliveryView']>
export type DeliveryStatus = Schemas['DeliveryStatusName']
export type AttemptView = Sent<Schemas['AttemptView']>
export type SistersAnswer = Sent<Schemas['SistersAnswer']>
export type IssuerRow = Sent<Schemas['IssuerRow']>
export type IssuerLook = Sent<Schemas['IssuerLook']>
export type TrustView = Sent<Schemas['TrustView']>
export type ClientRow = Sent<Schemas['ClientRow']>
export type NewClientView = Sent<Schemas['NewClientView']>
export type PolicyRow = Sent<Schemas['PolicyRow']>
export type ImportRow = Sent<Schemas['ImportRow']>
export type ImportErrorRow = Sent<Schemas['ImportErrorRow']>
export type JobPage = Sent<Schemas['JobPage']>
export type JobRow = Sent<Schemas['JobRow']>
export type BankBooks = Sent<Schemas['BankBooksView']>
export type OpenEntry = Sent<Schemas['OpenEntry']>
export type FileStored = Sent<Schemas['FileStored']>
export type AuditPage = Sent<Schemas['AuditPage']>
export type OperatorRow = Sent<Schemas['OperatorRow']>
export type SessionRow = Sent<Schemas['SessionRow']>
export type PrivacyReport = Sent<Schemas['PrivacyReport']>
export type ErasedView = Sent<Schemas['ErasedView']>
