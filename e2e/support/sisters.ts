/** Two servers of which Beta takes Alpha's word, set up on the command line as operators do; and Alpha's platform with its sign-in. */

import { execFileSync } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { createServer, type Server as Http } from 'node:http'
import { binary, freePort, startServer, type Server } from './server.ts'

/** A platform in test mode on a server. */
export class Platform {
  private constructor(
    readonly server: Server,
    readonly id: string,
    readonly key: string,
  ) {}

  static async start(name: string, host: string): Promise<Platform> {
    const server = await startServer({ SHIMING_TRUSTED_HOSTS: 'localhost,127.0.0.1', SHIMING_DEMO: 'false' }, host)
    const key = word(shiming(server, 'platform', 'add', name), /sk_test_[\w-]+/)
    const test = shiming(server, 'platform', 'list').split('\n').find((line) => line.includes('  test  '))
    return new Platform(server, word(test ?? '', /plt_[0-9a-f]+/), key)
  }

  async ask<Answer>(path: string, body?: unknown): Promise<Answer> {
    const headers = { Authorization: `Bearer ${this.key}`, 'Content-Type': 'application/json' }
    const once = { ...headers, 'Idempotency-Key': randomUUID() }
    const sent = body === undefined ? { headers } : { method: 'POST', headers: once, body: JSON.stringify(body) }
    const answer = await fetch(`${this.server.origin}/v1${path}`, sent)
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`)
    return (await answer.json()) as Answer
  }

  /** A link to the portal for an account. */
  async open(account: string): Promise<{ id: string; url: string }> {
    return this.ask('/verifications', { account: { id: account } })
  }

  /** Verifies an account's enterprise by commands of the test mode. */
  async verify(account: string): Promise<void> {
    const { id } = await this.open(account)
    type Value = { effect: string; enterprise_name: string; uscc: string; legal_representative: string; id_number: string }
    const { values } = await this.ask<{ values: Value[] }>('/test/values')
    const good = values.find(({ effect }) => effect === 'match')
    if (!good) throw new Error('no magic value passes')
    const { enterprise_name, uscc, legal_representative, id_number } = good
    for (const action of [
      { action: 'choose', subject_type: 'enterprise', method: 'face' },
      { action: 'submit_elements', enterprise_name, uscc, legal_representative, id_number },
      { action: 'pass_scan' },
    ]) {
      await this.ask(`/test/verifications/${id}/simulate`, action)
    }
  }
}

export type Sisters = {
  alpha: Platform
  beta: Platform
  /** Who is signed in at Alpha's platform in every browser. */
  signedIn: { account: string }
  stop: () => Promise<void>
}

export function shiming(server: Server, ...words: string[]): string {
  return execFileSync(binary(), words, { env: environment(server), encoding: 'utf8' })
}

function environment(server: Server, secrets: Record<string, string> = {}): NodeJS.ProcessEnv {
  const known = { SHIMING_DATA_DIR: server.dataDir, SHIMING_PUBLIC_URL: server.origin }
  return { ...process.env, ...known, SHIMING_TRUSTED_HOSTS: 'localhost,127.0.0.1', ...secrets }
}

function word(text: string, shape: RegExp): string {
  const found = shape.exec(text)?.[0]
  if (!found) throw new Error(`${shape} is not in: ${text}`)
  return found
}

/** The page at which Alpha's platform signs its users in: here they are signed in already, and go on at once. */
async function signInPage(alpha: Platform, signedIn: { account: string }): Promise<{ url: string; page: Http }> {
  const port = await freePort()
  const page = createServer((request, response) => {
    const asked = new URL(request.url ?? '', 'http://localhost').searchParams.get('request')
    const body = { request: asked, account_id: signedIn.account }
    alpha
      .ask<{ url: string }>('/federation/logins', body)
      .then(({ url }) => response.writeHead(303, { Location: url }).end())
      .catch((error: Error) => response.writeHead(500).end(error.message))
  })
  await new Promise<void>((listening) => page.listen(port, '127.0.0.1', listening))
  return { url: `http://127.0.0.1:${port}/login`, page }
}

export async function startSisters(): Promise<Sisters> {
  const [alpha, beta] = [await Platform.start('Alpha', 'localhost'), await Platform.start('Beta', '127.0.0.1')]
  const signedIn = { account: 'alice' }
  const { url, page } = await signInPage(alpha, signedIn)
  shiming(alpha.server, 'federation', 'login-url', alpha.id, url)
  const client = shiming(
    alpha.server,
    ...['federation', 'client', 'add', alpha.id, '--name', 'Beta', '--origin', beta.server.origin],
  )
  const secrets = {
    SHIMING_CLIENT_SECRET: word(client, /(?<=client secret, shown this once only: )\S+/),
    SHIMING_WEBHOOK_SECRET: word(client, /whsec_\S+/),
  }
  const trust = [
    ...['federation', 'issuer', 'add', beta.id, '--name', 'Alpha', '--url', alpha.server.origin],
    ...['--client-id', word(client, /cli_[0-9a-f]+/), '--framework', 'cn_enterprise_real_name_demo'],
  ]
  execFileSync(binary(), trust, { env: environment(beta.server, secrets) })
  const stop = async () => {
    page.close()
    await Promise.all([alpha.server.stop(), beta.server.stop()])
  }
  return { alpha, beta, signedIn, stop }
}
