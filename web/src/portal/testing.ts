/** Cases for tests. */
import type { CaseView } from '@/shared/types'

/** The bank method before anything is entered, changed by `changes`. */
export function aBank(changes: Partial<NonNullable<CaseView['bank']>> = {}): NonNullable<CaseView['bank']> {
  return {
    step: 'details',
    mending: false,
    details: null,
    confirmed_at: null,
    until: null,
    frozen_until: null,
    tries_left: 5,
    transfers_left: 3,
    payment: null,
    ...changes,
  }
}

/** A draft with its choices made, changed by `changes`. */
export function aCase(changes: Partial<CaseView> = {}): CaseView {
  return {
    id: 'ver_1',
    version: 1,
    state: 'draft',
    demo: false,
    platform: { name: '示例云' },
    account: { id: 'acct-1', name: 'demo@example.cn' },
    return_url: null,
    subject_type: 'enterprise',
    method: 'face',
    subject_types: ['enterprise', 'individual_business'],
    methods: [
      { method: 'face', available: true },
      { method: 'bank', available: false },
    ],
    sync_sources: [],
    sync: null,
    elements: null,
    last_error: null,
    invitation: null,
    hand_off: null,
    scan: null,
    bank_terms: { direction: 'forward', usual_minutes: 30 },
    bank: null,
    registry_pending: null,
    review: null,
    locked_until: null,
    credential_id: null,
    expires_at: '2026-12-01T00:00:00Z',
    server_time: '2026-11-23T00:00:00Z',
    ...changes,
  }
}
