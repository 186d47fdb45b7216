/** When an expired QR code is renewed without being asked: pure. */

/** A page left alone must not make codes for ever. */
export const AUTO_RENEWALS = 3

export interface RenewalFacts {
  expired: boolean
  /** Whether somebody can see the page. */
  visible: boolean
  busy: boolean
  /** Automatic renewals since the person last did something. */
  renewals: number
}

/** Whether to renew now. */
export function shouldRenew({ expired, visible, busy, renewals }: RenewalFacts): boolean {
  return expired && visible && !busy && renewals < AUTO_RENEWALS
}

/** The part of the code's life that is left, from 1 to 0. */
export function lifeLeft(issuedAt: string, expiresAt: string, now: number): number {
  const whole = Date.parse(expiresAt) - Date.parse(issuedAt)
  const left = Date.parse(expiresAt) - now
  return whole > 0 ? Math.min(1, Math.max(0, left / whole)) : 0
}
