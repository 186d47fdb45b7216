/** The phone page: `/s#TOKEN` from a QR code, or `/scan` to read one with the page itself. */

import { render } from 'preact'
import '@/shared/theme.css'
import './styles/page.css'
import './styles/controls.css'
import './styles/face.css'
import { App } from './app'
import { blockedBy } from './camera/preflight'
import { PageContext, type Page } from './context'
import { Controller } from './flow/controller'
import { SERVER } from './flow/server'
import { loadPreferences, savePreferences, voiceOn, type Preferences } from './preferences'
import { createStore } from './store'
import { lookAround } from './surroundings'
import { createTexts } from './texts'
import { speechOfBrowser, Voice } from './voice'

const SCAN_PATH = '/scan'

const texts = createTexts()
const voice = new Voice(speechOfBrowser())
const controller = new Controller(SERVER)
const preferences = createStore(
  (state: Preferences, change: Partial<Preferences>) => ({ ...state, ...change }),
  loadPreferences(),
)

/** The token leaves the address bar as soon as it is used: addresses are shared, synchronised and shown. */
function takeToken(): string | null {
  const token = location.hash.slice(1)
  if (token) history.replaceState(null, '', '/s')
  return token || null
}

async function arrive(anyway: boolean): Promise<void> {
  const problem = anyway ? null : blockedBy(await lookAround())
  // Where the camera can't be used the link is kept, to be opened in another browser.
  const token = problem ? null : takeToken()
  await controller.arrive({ token, wantsScanner: location.pathname === SCAN_PATH, problem })
}

function applyPreferences(chosen: Preferences): void {
  document.documentElement.classList.toggle('large-text', chosen.largeText)
  voice.setOn(voiceOn(chosen))
}

const page: Page = {
  texts,
  controller,
  voice,
  preferences,
  onScanned(token) {
    history.replaceState(null, '', '/s')
    void controller.claim(token)
  },
}

applyPreferences(preferences.state())
preferences.subscribe((chosen) => {
  applyPreferences(chosen)
  savePreferences(chosen)
})
texts.onChange(() => {
  if (controller.store.state().notice) void controller.loadNotice()
})
// Opening another code's link in the same tab changes only the fragment and loads nothing.
window.addEventListener('hashchange', () => {
  if (location.hash.length > 1) void arrive(false)
})

const root = document.getElementById('app')
if (root) {
  render(
    <PageContext.Provider value={page}>
      <App onAnyway={() => void arrive(true)} />
    </PageContext.Provider>,
    root,
  )
}
void arrive(false)
