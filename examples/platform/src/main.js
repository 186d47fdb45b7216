/**
 * A small platform that lets its users verify their company: sign-up, "verify my company", the webhook, the badge.
 *
 * SHIMING_URL      address of the Shiming server, http://localhost:8080 if absent
 * SHIMING_API_KEY  key with the scopes verifications:read, verifications:write, credentials:read, webhooks:write
 * PUBLIC_URL       address under which the Shiming server reaches this one; http://localhost:PORT if absent
 * PORT             4000 if absent
 */
import { serve } from './platform.js'

const apiKey = process.env.SHIMING_API_KEY
if (!apiKey) {
  console.error('SHIMING_API_KEY is missing. Make one: shiming api-key create plt_… --test --name example')
  process.exit(1)
}

try {
  const stop = await serve({ apiKey, baseUrl: process.env.SHIMING_URL ?? 'http://localhost:8080' })
  for (const signal of ['SIGINT', 'SIGTERM']) {
    process.once(signal, () => void stop().finally(() => process.exit(0)))
  }
} catch (error) {
  console.error(`the example could not be started: ${error.message}`)
  process.exit(1)
}
