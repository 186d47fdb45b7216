/** What the Shiming server tells: checked, taken once, and then looked up with our own key. */
import { verifyWebhook, WebhookError } from '@shiming/sdk'

const WANTED = [
  'verification.updated',
  'verification.verified',
  'verification.rejected',
  'verification.canceled',
  'verification.expired',
  'credential.suspended',
  'credential.reinstated',
  'credential.revoked',
]

export class Webhooks {
  #seen = new Set()
  #endpoint = ''
  #secret = ''

  /**
   * @param {import('@shiming/sdk').Shiming} shiming
   * @param {import('./accounts.js').Accounts} accounts
   */
  constructor(shiming, accounts) {
    this.shiming = shiming
    this.accounts = accounts
  }

  /** A real platform does this once and keeps the secret. @param {string} url */
  async subscribe(url) {
    const endpoint = await this.shiming.webhookEndpoints.create({
      url,
      description: 'example platform',
      events: WANTED,
    })
    this.#endpoint = endpoint.id
    this.#secret = endpoint.secret ?? ''
  }

  async unsubscribe() {
    if (this.#endpoint) await this.shiming.webhookEndpoints.remove(this.#endpoint).catch(() => undefined)
  }

  /**
   * The status to answer a message with.
   * @param {string} body
   * @param {import('node:http').IncomingHttpHeaders} headers
   */
  async receive(body, headers) {
    try {
      const event = await verifyWebhook(body, headers, this.#secret)
      if (this.#seen.has(event.id)) return 204
      await this.#take(event)
      this.#seen.add(event.id)
      return 204
    } catch (error) {
      if (!(error instanceof WebhookError)) throw error
      console.warn(`a message was refused: ${error.message}`)
      return 400
    }
  }

  /** The message only says that something changed; what it is now, the API says. @param {import('@shiming/sdk').WebhookEvent} event */
  async #take({ data }) {
    const account = this.accounts.get(data.account_id ?? undefined)
    if (!account) return
    if (account.verificationId) {
      const verification = await this.shiming.verifications.get(account.verificationId)
      account.state = verification.state
    }
    account.credential = await this.shiming.credentials.ofAccount(account.id).catch((error) => {
      if (error.status === 404) return null
      throw error
    })
  }
}
