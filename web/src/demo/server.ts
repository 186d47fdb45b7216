/** What the demo platform asks of the server. */
import { request } from '@/shared/api'
import type { DemoAccount, DemoCompany } from '@/shared/types'

export const companies = (): Promise<DemoCompany[]> => request('/demo/api/companies')

export const accounts = (): Promise<DemoAccount[]> => request('/demo/api/accounts')

/** Opens a verification for a new account; resolves to the portal's address with its secret. */
export async function openVerification(): Promise<string> {
  const opened = await request<{ id: string; url: string }>('/demo/api/verifications', {
    method: 'POST',
    body: {},
  })
  return opened.url
}

/** Makes the person in `photo` the legal representative of a new invented company. */
export function enrol(
  photo: Blob,
  legalRepresentative: string,
  enterpriseName: string,
): Promise<DemoCompany> {
  const form = new FormData()
  form.append('photo', photo, 'photo.jpg')
  form.append('legal_representative', legalRepresentative)
  if (enterpriseName !== '') form.append('enterprise_name', enterpriseName)
  return request('/demo/api/enrol', { method: 'POST', body: form, timeoutMs: 60_000 })
}
