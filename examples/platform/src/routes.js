/** Every address of the platform. */
import * as pages from './pages.js'

const MOST_BYTES = 64 * 1024

/** @param {import('node:http').IncomingMessage} request */
async function text(request) {
  let body = ''
  for await (const chunk of request) {
    body += chunk
    if (body.length > MOST_BYTES) throw new Error('the body is too long')
  }
  return body
}

/** @param {import('node:http').ServerResponse} response @param {string} html */
function page(response, html) {
  response
    .writeHead(200, {
      'Content-Type': 'text/html; charset=utf-8',
      'Content-Security-Policy': "default-src 'none'; style-src 'self'; form-action *; frame-ancestors 'none'",
    })
    .end(html)
}

/** @param {import('node:http').ServerResponse} response @param {string} to @param {Record<string, string>} [headers] */
function redirect(response, to, headers = {}) {
  response.writeHead(303, { Location: to, ...headers }).end()
}

/** A form that another site has posted brings its cookie along only with `SameSite=None`, which ours is not. */
const COOKIE = 'HttpOnly; SameSite=Lax; Path=/'

export async function route(platform, request, response) {
  const { accounts, webhooks } = platform
  const { pathname } = new URL(request.url ?? '/', platform.publicUrl)
  const account = accounts.of(request)
  switch (`${request.method} ${pathname}`) {
    case 'GET /style.css':
      return response.writeHead(200, { 'Content-Type': 'text/css' }).end(pages.style)
    case 'GET /':
      return page(response, account ? pages.home(account) : pages.signUp())
    case 'POST /sign-up': {
      const email = new URLSearchParams(await text(request)).get('email')?.trim() ?? ''
      if (!/^\S+@\S+$/.test(email)) return page(response, pages.signUp('Please enter a mail address.'))
      const { session } = accounts.signUp(email)
      return redirect(response, '/', { 'Set-Cookie': `session=${session}; ${COOKIE}` })
    }
    case 'POST /verify':
      return account ? verify(platform, account, response) : redirect(response, '/')
    case 'POST /webhooks/shiming': {
      const status = await webhooks.receive(await text(request), request.headers)
      return response.writeHead(status).end()
    }
    default:
      return response.writeHead(404, { 'Content-Type': 'text/plain' }).end('There is nothing here.')
  }
}

/** Opens a verification, or goes on with the one that is open, and sends the user there. */
async function verify({ shiming, publicUrl }, account, response) {
  const open = account.verificationId && !pages.isOver(account.state)
  const verification = open
    ? await shiming.verifications.link(account.verificationId)
    : await shiming.verifications.create({
        account: { id: account.id, name: account.email },
        return_url: publicUrl,
        metadata: { source: 'example' },
      })
  account.verificationId = verification.id
  account.state = verification.state
  redirect(response, verification.url)
}
