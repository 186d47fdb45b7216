/**
 * A small platform that lets its users verify their company: sign-up, "verify my company", the webhook, the badge.
 *
 * SHIMING_URL      address of the Shiming server, http://localhost:8080 if absent
 * SHIMING_API_KEY  key with the scopes verifications:read, verifications:write, credentials:read, webhooks:write
 * PUBLIC_URL       address under which the Shiming server reaches this one; http://localhost:PORT if absent
 * PORT             4000 if absent
 */
import { createServer } from 'node:http'
import { Shiming } from '@shiming/sdk'
import { Accounts } from './accounts.js'
import { route } from './routes.js'
import { Webhooks } from './webhooks.js'

const port = Number(process.env.PORT ?? 4000)
const publicUrl = process.env.PUBLIC_URL ?? `http://localhost:${port}`
const apiKey = process.env.SHIMING_API_KEY
if (!apiKey) {
  console.error('SHIMING_API_KEY is missing. Make one: shiming api-key create plt_… --test --name example')
  process.exit(1)
}

const shiming = new Shiming({ apiKey, baseUrl: process.env.SHIMING_URL ?? 'http://localhost:8080' })
const accounts = new Accounts()
const webhooks = new Webhooks(shiming, accounts)

const server = createServer((request, response) => {
  route({ shiming, accounts, webhooks, publicUrl }, request, response).catch((error) => {
    console.error(error)
    response.writeHead(500, { 'Content-Type': 'text/plain' }).end('Something failed. Please try again.')
  })
})
server.listen(port, async () => {
  try {
    await webhooks.subscribe(`${publicUrl}/webhooks/shiming`)
    console.log(`the example platform: ${publicUrl}`)
  } catch (error) {
    console.error(`the webhook could not be set up: ${error.message}`)
    process.exit(1)
  }
})

for (const signal of ['SIGINT', 'SIGTERM']) {
  process.once(signal, async () => {
    await webhooks.unsubscribe()
    process.exit(0)
  })
}
