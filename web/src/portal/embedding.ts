/** The portal within a page of the platform: who may hear from it, and what it says. Never the outcome. */
import { request } from '@/shared/api'

export type Said = 'ready' | 'finished' | 'closed'

/** Whether this page runs in a frame of another page. */
export const isFramed = (): boolean => window.parent !== window

function listener(): Window | null {
  if (isFramed()) return window.parent
  return (window.opener as Window | null) ?? null
}

/** Says so to the platform's page, if one listens. The browser delivers to the origins that the platform registered only. */
export async function say(caseId: string, type: Said): Promise<void> {
  const target = listener()
  if (!target) return
  const path = `/portal/api/cases/${encodeURIComponent(caseId)}/embedding`
  const { origins } = await request<{ origins: string[] }>(path)
  for (const origin of origins)
    target.postMessage({ source: 'shiming', type, verification_id: caseId }, origin)
}

/** Whether something that is to be seen on this page takes Esc for itself: a dialog, a list that is folded out. */
function takesEscape(): boolean {
  const takers = document.querySelectorAll('[role="dialog"], [aria-expanded="true"]')
  return [...takers].some((taker) => taker.getClientRects().length > 0)
}

/** Esc within the frame reaches only this page: it tells the platform's page, which puts the frame away. */
export function leaveOnEscape(caseId: string): () => void {
  const onKey = (event: KeyboardEvent): void => {
    if (event.key !== 'Escape' || event.defaultPrevented || takesEscape()) return
    void say(caseId, 'closed').catch(() => undefined)
  }
  if (isFramed()) window.addEventListener('keydown', onKey, { capture: true })
  return () => window.removeEventListener('keydown', onKey, { capture: true })
}
