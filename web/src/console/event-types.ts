/** Types of event that webhooks tell. */
import type { EventTypeName } from './types'

/** As an object, so that a type that the server has and this list has not is an error. */
const ALL: Record<EventTypeName, true> = {
  'verification.created': true,
  'verification.updated': true,
  'verification.attempt_failed': true,
  'verification.in_review': true,
  'verification.locked': true,
  'verification.verified': true,
  'verification.rejected': true,
  'verification.canceled': true,
  'verification.consent_withdrawn': true,
  'verification.expired': true,
  'credential.issued': true,
  'credential.reverify_due': true,
  'credential.suspended': true,
  'credential.reinstated': true,
  'credential.revoked': true,
  'credential.superseded': true,
  'enterprise.verification.revoked': true,
  'webhook_endpoint.disabled': true,
  'webhook_endpoint.test': true,
}

export const EVENT_TYPES = Object.keys(ALL) as EventTypeName[]
