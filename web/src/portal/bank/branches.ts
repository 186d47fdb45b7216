/** Asking the directory of bank branches. */
import { request } from '@/shared/api'
import type { Branch, BranchRegions, Branches } from '@/shared/types'

/** What to look for; an empty text does not narrow. */
export interface BranchFilter {
  q: string
  bank: string
  province: string
  city: string
}

export function hasFilter(filter: BranchFilter): boolean {
  return Object.values(filter).some((text: string) => text.trim() !== '')
}

export function fetchRegions(): Promise<BranchRegions> {
  return request<BranchRegions>('/portal/api/branch-regions')
}

export function findBranches(filter: BranchFilter): Promise<Branches> {
  const given = Object.entries(filter).filter(([, text]) => String(text).trim() !== '')
  const query = new URLSearchParams(given.map(([key, text]): [string, string] => [key, String(text).trim()]))
  return request<Branches>(`/portal/api/branches?${query.toString()}`)
}

/** `福建省 福州市`, or the city alone where both have one name. */
export function placeOf(branch: Branch): string {
  return branch.province === branch.city ? branch.city : `${branch.province} ${branch.city}`
}
