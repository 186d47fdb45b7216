/** The platform's two pages. */

const OVER = ['verified', 'rejected', 'canceled', 'expired']

/** @param {string} state */
export function isOver(state) {
  return OVER.includes(state)
}

/** @param {unknown} value */
function escape(value) {
  const entities = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }
  return String(value).replace(/[&<>"']/g, (letter) => entities[letter])
}

function frame(body) {
  return `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>Example platform</title>
    <link rel="stylesheet" href="/style.css">
  </head>
  <body><main>${body}</main></body>
</html>`
}

/** @param {string} [complaint] */
export function signUp(complaint) {
  return frame(`
    <h1>Example platform</h1>
    <p>A shop for companies. Sign up, then verify your company.</p>
    ${complaint ? `<p role="alert">${escape(complaint)}</p>` : ''}
    <form method="post" action="/sign-up">
      <label for="email">Mail address</label>
      <input id="email" name="email" type="email" autocomplete="email" required>
      <button>Sign up</button>
    </form>`)
}

/** @param {import('./accounts.js').Account} account */
export function home(account) {
  return frame(`
    <h1>${escape(account.email)}</h1>
    ${badge(account)}
    <form method="post" action="/verify">
      <button>${label(account)}</button>
    </form>`)
}

function label({ verificationId, state }) {
  if (!verificationId) return 'Verify my company'
  return isOver(state) ? 'Verify again' : 'Go on with the verification'
}

/** What others on the platform would see. */
function badge({ credential, state }) {
  if (credential && ['active', 'change_pending', 'reverify_due'].includes(credential.status)) {
    const { enterprise_name, uscc } = credential
    return `<p class="badge verified"><b>Verified company</b> ${escape(enterprise_name)} · ${escape(uscc)}</p>`
  }
  if (credential) return `<p class="badge stopped">The verification is ${escape(credential.status)}.</p>`
  return `<p class="badge">Not verified${state === 'none' ? '' : ` (${escape(state)})`}</p>`
}

export const style = `
:root { color-scheme: light dark; font: 1rem/1.5 system-ui, sans-serif; }
main { max-width: 34rem; margin: 4rem auto; padding: 0 1rem; }
form { display: grid; gap: 0.5rem; justify-items: start; }
input, button { font: inherit; padding: 0.5rem 0.75rem; }
.badge { padding: 0.75rem 1rem; border: 1px solid currentColor; border-radius: 0.5rem; }
.verified { color: light-dark(#0a6b3d, #6fd6a3); }
.stopped { color: light-dark(#a84b00, #f0a35e); }
`
