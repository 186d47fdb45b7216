/** The platform's own accounts, kept in memory: a real one has a database. */
import { randomUUID } from 'node:crypto'

/**
 * @typedef {object} Account
 * @property {string} id
 * @property {string} email
 * @property {string | null} verificationId the last verification opened for it
 * @property {string} state how that verification stands
 * @property {import('@shiming/sdk').AccountCredential | null} credential what it has proved
 */

export class Accounts {
  /** @type {Map<string, Account>} */
  #byId = new Map()
  /** @type {Map<string, string>} */
  #bySession = new Map()

  /** Signs up, and in. @param {string} email */
  signUp(email) {
    const account = { id: `acct-${randomUUID()}`, email, verificationId: null, state: 'none', credential: null }
    this.#byId.set(account.id, account)
    const session = randomUUID()
    this.#bySession.set(session, account.id)
    return { account, session }
  }

  /** @param {string | undefined} id */
  get(id) {
    return id === undefined ? undefined : this.#byId.get(id)
  }

  /** Who sends this request. @param {import('node:http').IncomingMessage} request */
  of(request) {
    const session = /(?:^|; )session=([\w-]+)/.exec(request.headers.cookie ?? '')?.[1]
    return this.get(this.#bySession.get(session ?? ''))
  }
}
