import { describe, expect, test } from 'vitest'
import type { CaseState, CaseView } from '@/shared/types'
import { aBank, aCase } from './testing'
import { screenOf, stepsDone, type Screen } from './screen'

const EXPECTED: Record<CaseState, Screen> = {
  draft: 'form',
  sync_pending: 'sync',
  checking: 'checking',
  registry_pending: 'registry_pending',
  awaiting_scan: 'qr',
  scan_claimed: 'scan',
  face_running: 'scan',
  awaiting_transfer: 'bank_form',
  amount_pending: 'amount',
  frozen: 'amount',
  in_review: 'in_review',
  needs_info: 'needs_info',
  locked: 'locked',
  verified: 'verified',
  rejected: 'rejected',
  canceled: 'canceled',
  expired: 'expired',
}

const screen = (view: Partial<CaseView>): Screen => screenOf(aCase(view), null, false)

test.each(Object.entries(EXPECTED))('the state %s is shown as %s', (state, expected) => {
  expect(screen({ state: state as CaseState })).toBe(expected)
})

describe('a draft', () => {
  test('begins with the subject type, then the method', () => {
    expect(screen({ state: 'draft', subject_type: null, method: null })).toBe('subject')
    expect(screen({ state: 'draft', method: null })).toBe('method')
  })
})

describe('going back to a choice', () => {
  test.each(['draft', 'registry_pending', 'awaiting_scan'] as const)('is possible while %s', (state) => {
    expect(screenOf(aCase({ state }), 'method', false)).toBe('method')
  })

  test.each(['checking', 'scan_claimed', 'face_running', 'verified', 'locked'] as const)(
    'gives way to what happens while %s',
    (state) => {
      expect(screenOf(aCase({ state }), 'method', false)).toBe(EXPECTED[state])
    },
  )
})

test('the form stays in place while its own answer is on the way', () => {
  expect(screenOf(aCase({ state: 'checking' }), null, true)).toBe('form')
})

test('a phone that may go on after a failed try keeps the scan on the screen', () => {
  const scan = {
    phase: 'paused',
    match_code: '42',
    expires_at: '2026-11-23T00:15:00Z',
    step: 0,
    steps: 0,
    tries_left: 2,
  } as const
  expect(screen({ state: 'awaiting_scan', scan })).toBe('scan')
})

describe('the bank method', () => {
  const bank = aBank()

  test.each([
    ['details', 'bank_form'],
    ['confirm', 'bank_confirm'],
    ['underway', 'bank_transfer'],
    ['payment', 'bank_payment'],
  ] as const)('that waits for %s shows %s', (step, expected) => {
    expect(screen({ state: 'awaiting_transfer', bank: { ...bank, step } })).toBe(expected)
  })

  test('leads from a failed transfer to the account and not to the elements', () => {
    expect(screen({ method: 'bank', bank: { ...bank, mending: true } })).toBe('bank_form')
    expect(screen({ method: 'bank', bank })).toBe('form')
  })

  test('lets the account be corrected until it is confirmed', () => {
    const view = (step: 'confirm' | 'underway') =>
      aCase({ state: 'awaiting_transfer', bank: { ...bank, step } })
    expect(screenOf(view('confirm'), 'bank_form', false)).toBe('bank_form')
    expect(screenOf(view('underway'), 'bank_form', false)).toBe('bank_transfer')
  })

  test('stays open when the face is locked, and only then', () => {
    const methods = [{ method: 'bank', available: true }] as const
    const locked = (code: string) => {
      const last_error = { code, try_used: true, tries_left: 0, retry_at: null, at: '' }
      return screenOf(aCase({ state: 'locked', methods: [...methods], last_error }), 'method', false)
    }
    expect(locked('face_attempts_exceeded')).toBe('method')
    expect(locked('too_many_checks')).toBe('locked')
  })
})

test('steps only grow on the way to the end', () => {
  const way: Screen[] = ['subject', 'method', 'form', 'checking', 'qr', 'scan', 'verified']
  expect(way.map(stepsDone)).toEqual([0, 1, 2, 2, 3, 3, 4])
})
