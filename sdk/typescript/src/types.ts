/** What the API speaks, under short names. Generated from the server's OpenAPI document. */
import type { components } from './schema.js'

type Schemas = components['schemas']

export type Verification = Schemas['VerificationView']
export type VerificationRequest = Schemas['VerificationRequest']
export type VerificationState = Schemas['StateName']
export type AccountCredential = Schemas['AccountCredential']
export type Credential = Schemas['CredentialView']
export type Enterprise = Schemas['EnterpriseView']
export type PersonExport = Schemas['PersonExport']
export type Erasure = Schemas['Erasure']
export type Event = Schemas['EventView']
export type EventType = Schemas['EventTypeName']
export type EventData = Schemas['EventData']
export type WebhookEndpoint = Schemas['EndpointView']
export type NewWebhookEndpoint = Schemas['NewEndpointRequest']
export type WebhookEndpointRequest = Schemas['EndpointRequest']
export type WebhookDelivery = Schemas['DeliveryView']
export type WebhookAttempt = Schemas['AttemptView']
export type Replay = Schemas['ReplayRequest']
export type Simulation = Schemas['SimulationRequest']
export type CredentialSimulation = Schemas['LifeSimulationRequest']
export type TestValues = Schemas['MagicTable']
export type Platform = Schemas['OwnPlatformView']
export type PlatformSettings = Schemas['OwnPlatformRequest']
export type Problem = Schemas['Problem']

/** Whose rights: the ID number, a verification that names the person, or an account whose verifications name nobody else. */
export type PersonReference = { id_number: string } | { verification_id: string } | { account_id: string }

/** A page of a list. */
export interface Page<Entry> {
  data: Entry[]
  /** Give it as `cursor` for the next page; `null` at the end. */
  next_cursor?: string | null
}

/** Which page. */
export interface PageQuery {
  /** Entries wanted, 1 to 100. */
  limit?: number
  cursor?: string
}

/** What may be said about one call. */
export interface CallOptions {
  /** The same key makes the call safe to repeat, also after your process has died. One is drawn if you give none. */
  idempotencyKey?: string
  /** Ends the call, retries included. */
  signal?: AbortSignal
}
