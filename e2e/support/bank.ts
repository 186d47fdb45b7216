/** The sandbox bank beside a server, and the applicant's hands on the bank method. */

import { expect } from '@playwright/test'
import { spawn, type ChildProcess } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import type { Company } from './demo.ts'
import { Portal } from './portal.ts'
import { startServer, type Server, type Settings } from './server.ts'

/** What the end of an account number makes the sandbox bank do; its README has the table. */
export const PAYS = '35000000000000002'
export const REFUSES_THE_NAME = '35000000000000091'
export const WAITS = '35000000000000094'

/** A branch of the demonstration's directory. */
export const BRANCH = { cnaps: '991391000018', name: '示例第一银行福州鼓楼支行', province: '福建省', city: '福州市' }

/** The operator's account at the sandbox bank. */
const ACCOUNT: Settings = {
  SHIMING_BANK_ACCOUNT_NAME: '示例平台有限公司',
  SHIMING_BANK_ACCOUNT_NUMBER: '11000000000000001',
  SHIMING_BANK_ACCOUNT_CNAPS: '991100000015',
  SHIMING_BANK_ACCOUNT_BANK: '示例第一银行北京朝阳支行',
}

export type Payment = { id: string; name: string; account: string; amount: string; status: string }

export type Bank = {
  /** What the payee sees in its online banking; waits until so many payments have arrived. */
  payments: (count: number) => Promise<Payment[]>
  settle: (id: string) => Promise<void>
  /** Lets an enterprise pay the operator. */
  receive: (payment: { name: string; account: string; amount: string; remark: string }) => Promise<void>
  stop: () => void
}

function binary(): string {
  const target = process.env.CARGO_TARGET_DIR ?? resolve(import.meta.dirname, '../../target')
  const path = process.env.SANDBOX_BANK_BIN ?? join(target, 'debug/sandbox-bank')
  if (!existsSync(path)) throw new Error(`${path} is missing: ./x e2e builds it`)
  return path
}

/** The address that the bank prints when it is ready. */
async function addressOf(child: ChildProcess): Promise<string> {
  if (!child.stdout) throw new Error('the sandbox bank has no output')
  for await (const line of createInterface(child.stdout)) {
    const found = /http:\/\/\S+/.exec(line)
    if (found) return found[0]
  }
  throw new Error('the sandbox bank ended at once')
}

async function startBank(folder: string): Promise<Bank> {
  const words = ['serve', '--with-parent', '--listen', '127.0.0.1:0', '--folder', folder]
  const child = spawn(binary(), words, { stdio: ['ignore', 'pipe', 'inherit'] })
  const address = await addressOf(child)
  const tell = async (path: string, body: unknown = {}): Promise<void> => {
    const headers = { 'content-type': 'application/json' }
    const answer = await fetch(`${address}${path}`, { method: 'POST', headers, body: JSON.stringify(body) })
    if (!answer.ok) throw new Error(`${path}: ${await answer.text()}`)
  }
  return {
    payments: async (count) => {
      let seen: Payment[] = []
      const look = async () => {
        seen = (await (await fetch(`${address}/payments.json`)).json()) as Payment[]
        return seen.length
      }
      await expect.poll(look).toBe(count)
      return seen
    },
    settle: (id) => tell(`/payments/${id}/settle`),
    receive: (payment) => tell('/receive', payment),
    stop: () => child.kill('SIGTERM'),
  }
}

/** A server that is connected to a sandbox bank of its own. */
export async function startServerWithBank(settings: Settings = {}): Promise<{ server: Server; bank: Bank; stop: () => Promise<void> }> {
  const folder = mkdtempSync(join(tmpdir(), 'shiming-bank-'))
  const bank = await startBank(folder)
  const server = await startServer({
    SHIMING_BANK_MODE: 'folder',
    SHIMING_BANK_SANDBOX: 'true',
    SHIMING_BANK_FOLDER: folder,
    ...ACCOUNT,
    ...settings,
  })
  const stop = async () => {
    await server.stop()
    bank.stop()
    rmSync(folder, { recursive: true, force: true })
  }
  return { server, bank, stop }
}

/** Amounts that are not the one that arrived. */
export function wrongAmounts(right: string, count: number): string[] {
  const all = Array.from({ length: count + 1 }, (_, index) => `0.${String(index + 11)}`)
  return all.filter((amount) => amount !== right).slice(0, count)
}

export class BankPortal extends Portal {
  /** From the link to the form of the account; the elements are checked on the way. */
  async toAccount(url: string, company: Company): Promise<void> {
    await this.page.goto(url)
    await this.choose(company.subject_type, 'bank')
    await this.fill(company)
    await expect(this.heading('portal.bank.form_title')).toBeVisible()
  }

  async pickBranch(): Promise<void> {
    await this.field('branch_search').fill(BRANCH.cnaps)
    await this.page.getByRole('button', { name: BRANCH.name }).click()
  }

  async fillAccount(number: string): Promise<void> {
    await this.field('account_number').fill(number)
    if (await this.field('branch_search').isVisible()) await this.pickBranch()
    await this.button('common.continue').click()
    await expect(this.heading('portal.bank.confirm_title')).toBeVisible()
  }

  async confirm(): Promise<void> {
    await this.button('portal.bank.confirm').click()
  }

  async toAmount(): Promise<void> {
    await expect(this.heading('portal.bank.amount_title')).toBeVisible({ timeout: 40_000 })
  }

  async enterAmount(amount: string): Promise<void> {
    await this.field('amount').fill(amount)
    await this.button('portal.bank.amount_submit').click()
  }

  async changeMethod(method: 'face' | 'bank'): Promise<void> {
    await this.button('portal.qr.change_method').click()
    await this.pickMethod(method)
  }

  async verified(): Promise<void> {
    await expect(this.heading('portal.verified.title')).toBeVisible({ timeout: 40_000 })
  }
}
