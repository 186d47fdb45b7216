/** What the demo platform offers, asked as its page asks. */

import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Server } from './server.ts'

export type Company = {
  enterprise_name: string
  uscc: string
  subject_type: string
  legal_representative: string
  id_number: string
  status: string
  has_photo: boolean
}

export type Opened = { id: string; url: string }

export function portrait(name: string): Uint8Array<ArrayBuffer> {
  const path = fileURLToPath(new URL(`../../fixtures/faces/portraits/${name}`, import.meta.url))
  return new Uint8Array(readFileSync(path))
}

/** Enrols a portrait as the legal representative of an invented company. */
export async function enrol(server: Server, photo: string, person = '访客'): Promise<Company> {
  const form = new FormData()
  form.set('photo', new Blob([portrait(photo)], { type: 'image/jpeg' }), photo)
  form.set('legal_representative', person)
  const answer = await fetch(`${server.origin}/demo/api/enrol`, { method: 'POST', body: form })
  if (answer.status !== 201) throw new Error(`enrolment: ${answer.status} ${await answer.text()}`)
  return (await answer.json()) as Company
}

export async function seededCompanies(server: Server): Promise<Company[]> {
  const answer = await fetch(`${server.origin}/demo/api/companies`)
  return (await answer.json()) as Company[]
}

/** Opens a verification for a new account of the demo platform. */
export async function openVerification(server: Server): Promise<Opened> {
  const answer = await fetch(`${server.origin}/demo/api/verifications`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ account_name: 'e2e@example.cn' }),
  })
  if (answer.status !== 201) throw new Error(`opening: ${answer.status} ${await answer.text()}`)
  const opened = (await answer.json()) as Opened
  return { ...opened, url: new URL(opened.url, server.origin).href }
}
