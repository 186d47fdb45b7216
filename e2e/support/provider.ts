/** An organisation's identity provider: it signs real ID tokens for whoever it is told to, and asks nobody for a password. */

import { createHash, generateKeyPairSync, randomUUID, sign, type KeyObject } from 'node:crypto'
import { createServer, type IncomingMessage, type Server as Http } from 'node:http'
import type { AddressInfo } from 'node:net'

const CLIENT = 'console'
const SECRET = 'secret-at-the-provider'

type Claims = Record<string, unknown>
type Request = { challenge: string; nonce: string; redirect: string; proof: boolean }

const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url')

async function form(request: IncomingMessage): Promise<URLSearchParams> {
  let body = ''
  for await (const chunk of request) body += String(chunk)
  return new URLSearchParams(body)
}

export class Provider {
  /** Who is signed in there, in every browser. */
  person: Claims = {}
  /** What it answers to an authorization request instead of a code. */
  refuses: string | undefined
  private readonly codes = new Map<string, Request>()

  private constructor(
    readonly url: string,
    private readonly http: Http,
    private readonly key: KeyObject,
    private readonly jwk: object,
  ) {}

  static async start(): Promise<Provider> {
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    const jwk = { ...publicKey.export({ format: 'jwk' }), kid: 'k1', alg: 'ES256', use: 'sig' }
    const http = createServer()
    await new Promise<void>((done) => http.listen(0, '127.0.0.1', done))
    const url = `http://127.0.0.1:${(http.address() as AddressInfo).port}`
    const provider = new Provider(url, http, privateKey, jwk)
    http.on('request', (request, response) => {
      void provider.answer(request).then(({ status, headers, body }) => response.writeHead(status, headers).end(body))
    })
    return provider
  }

  /** What a server needs to send its operators here. */
  settings(): Record<string, string> {
    return {
      SHIMING_TRUSTED_HOSTS: '127.0.0.1',
      SHIMING_SSO_ISSUER: this.url,
      SHIMING_SSO_CLIENT_ID: CLIENT,
      SHIMING_SSO_CLIENT_SECRET: SECRET,
      SHIMING_SSO_NAME: '示例集团',
      SHIMING_SSO_ROLES: 'kyb-admins=administrator,kyb-review=reviewer',
    }
  }

  stop(): void {
    this.http.close()
  }

  private async answer(request: IncomingMessage): Promise<{ status: number; headers: Record<string, string>; body?: string }> {
    const { pathname, searchParams } = new URL(request.url ?? '/', this.url)
    const json = (value: object, status = 200) => ({
      status,
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(value),
    })
    switch (pathname) {
      case '/.well-known/openid-configuration':
        return json(this.metadata())
      case '/jwks':
        return json({ keys: [this.jwk] })
      case '/authorize':
        return { status: 302, headers: { Location: this.authorize(searchParams) } }
      case '/token':
        return this.trade(request.headers.authorization, await form(request), json)
      default:
        return { status: 404, headers: {} }
    }
  }

  private metadata(): object {
    return {
      issuer: this.url,
      authorization_endpoint: `${this.url}/authorize`,
      token_endpoint: `${this.url}/token`,
      jwks_uri: `${this.url}/jwks`,
      response_types_supported: ['code'],
      subject_types_supported: ['public'],
      id_token_signing_alg_values_supported: ['ES256'],
    }
  }

  private authorize(query: URLSearchParams): string {
    const back = new URL(query.get('redirect_uri') ?? '')
    back.searchParams.set('state', query.get('state') ?? '')
    if (this.refuses) {
      back.searchParams.set('error', this.refuses)
      return back.href
    }
    const code = randomUUID()
    this.codes.set(code, {
      challenge: query.get('code_challenge') ?? '',
      nonce: query.get('nonce') ?? '',
      redirect: query.get('redirect_uri') ?? '',
      proof: query.get('max_age') === '0',
    })
    back.searchParams.set('code', code)
    return back.href
  }

  private trade<T>(authorization: string | undefined, sent: URLSearchParams, json: (value: object, status?: number) => T): T {
    const asked = this.codes.get(sent.get('code') ?? '')
    this.codes.delete(sent.get('code') ?? '')
    const basic = `Basic ${Buffer.from(`${CLIENT}:${SECRET}`).toString('base64')}`
    const challenge = createHash('sha256').update(sent.get('code_verifier') ?? '').digest('base64url')
    if (authorization !== basic) return json({ error: 'invalid_client' }, 401)
    if (!asked || challenge !== asked.challenge || sent.get('redirect_uri') !== asked.redirect)
      return json({ error: 'invalid_grant' }, 400)
    return json({ access_token: randomUUID(), token_type: 'Bearer', id_token: this.idToken(asked) })
  }

  private idToken({ nonce, proof }: Request): string {
    const now = Math.floor(Date.now() / 1000)
    const times = { iat: now, exp: now + 300, ...(proof ? { auth_time: now } : {}) }
    const claims = { iss: this.url, aud: CLIENT, nonce, ...times, ...this.person }
    const signed = `${encode({ alg: 'ES256', kid: 'k1', typ: 'JWT' })}.${encode(claims)}`
    const signature = sign('sha256', Buffer.from(signed), { key: this.key, dsaEncoding: 'ieee-p1363' })
    return `${signed}.${signature.toString('base64url')}`
  }
}
