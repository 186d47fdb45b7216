/** The platform's server. */
import { once } from 'node:events'
import { createServer } from 'node:http'
import { Shiming } from '@shiming/sdk'
import { Accounts } from './accounts.js'
import { route } from './routes.js'
import { Webhooks } from './webhooks.js'

/**
 * Listens, and asks to be told; answers with the way to stop.
 * @param {{ apiKey: string, baseUrl: string }} settings
 */
export async function serve(settings) {
  const port = Number(process.env.PORT ?? 4000)
  const publicUrl = process.env.PUBLIC_URL ?? `http://localhost:${port}`
  const shiming = new Shiming(settings)
  const accounts = new Accounts()
  const webhooks = new Webhooks(shiming, accounts)
  const server = createServer((request, response) => {
    route({ shiming, accounts, webhooks, publicUrl }, request, response).catch((error) => {
      console.error(error)
      response.writeHead(500, { 'Content-Type': 'text/plain' }).end('Something failed. Please try again.')
    })
  })
  server.listen(port)
  await once(server, 'listening')
  await webhooks.subscribe(`${publicUrl}/webhooks/shiming`)
  console.log(`the example platform: ${publicUrl}`)
  return async () => {
    await webhooks.unsubscribe()
    server.close()
  }
}
