/**
 * The script that platforms put on their own pages: opens the hosted verification as a pop-up, in an overlay, or by leaving
 * the page. It never learns the outcome: a message only says that there is something to look up with the platform's API.
 */

export type Mode = 'redirect' | 'popup' | 'iframe'

/** What the page is told. `finished`: ask your server how the verification stands. `closed`: the applicant went away. */
export interface Notice {
  type: 'ready' | 'finished' | 'closed'
  verification_id: string | null
}

export interface OpenOptions {
  /** `url` of the answer that opened the verification. */
  url: string
  mode?: Mode
  onNotice?: (notice: Notice) => void
}

export interface Opened {
  close(): void
}

const SOURCE = 'shiming'
const POPUP = 'popup,width=1024,height=760'
const PACE = 500
const TITLE = '企业实名认证 / Enterprise verification'

function isNotice(data: unknown): data is Notice & { source: string } {
  if (typeof data !== 'object' || data === null) return false
  const { source, type } = data as Record<string, unknown>
  return source === SOURCE && (type === 'ready' || type === 'finished' || type === 'closed')
}

/** Hears messages of one window from one origin; everything else is somebody else's. */
function listen(origin: string, from: () => Window | null, hear: (notice: Notice) => void): () => void {
  const onMessage = (event: MessageEvent): void => {
    if (event.origin !== origin || event.source !== from() || !isNotice(event.data)) return
    hear({ type: event.data.type, verification_id: event.data.verification_id })
  }
  window.addEventListener('message', onMessage)
  return () => window.removeEventListener('message', onMessage)
}

function checked(url: string): URL {
  const address = new URL(url, window.location.href)
  if (address.protocol !== 'https:' && address.hostname !== 'localhost' && address.hostname !== '127.0.0.1')
    throw new TypeError('Shiming.open: url is not the https address that the API gave')
  return address
}

/** A modal dialog of the browser's own: it keeps the focus within, makes the page behind it inert, and hears Esc. */
function surface(): { dialog: HTMLDialogElement; close: HTMLButtonElement } {
  const dialog = document.createElement('dialog')
  dialog.setAttribute('aria-label', TITLE)
  Object.assign(dialog.style, {
    position: 'fixed',
    inset: '0',
    margin: 'auto',
    padding: '0',
    border: '0',
    boxSizing: 'border-box',
    flexDirection: 'column',
    display: 'flex',
    width: 'min(100vw, 1040px)',
    height: 'min(100vh, 860px)',
    maxWidth: 'none',
    maxHeight: 'none',
    overflow: 'hidden',
    borderRadius: 'clamp(0px, calc((100vw - 1040px) * 999), 12px)',
    boxShadow: '0 0 0 100vmax rgb(15 23 42 / 55%)',
    background: '#fff',
  })
  const close = document.createElement('button')
  close.type = 'button'
  close.setAttribute('aria-label', '关闭 / Close')
  close.textContent = '×'
  Object.assign(close.style, {
    flex: 'none',
    alignSelf: 'flex-end',
    width: '44px',
    height: '44px',
    border: '0',
    background: 'transparent',
    color: '#334155',
    font: '28px/1 system-ui, sans-serif',
    cursor: 'pointer',
  })
  dialog.append(close)
  return { dialog, close }
}

function frameOf(address: URL): HTMLIFrameElement {
  const frame = document.createElement('iframe')
  frame.src = address.href
  frame.allow = `camera ${address.origin}`
  frame.title = TITLE
  Object.assign(frame.style, { flex: '1', width: '100%', minHeight: '0', border: '0' })
  return frame
}

function overlay(address: URL, tell: (notice: Notice) => void): Opened {
  const { dialog, close } = surface()
  const frame = frameOf(address)
  dialog.append(frame)
  const [before, root] = [document.activeElement, document.documentElement]
  const overflow = root.style.overflow
  const end = (): void => {
    stop()
    dialog.removeEventListener('close', leave)
    dialog.close()
    dialog.remove()
    root.style.overflow = overflow
    if (before instanceof HTMLElement) before.focus()
  }
  const leave = (): void => {
    end()
    tell({ type: 'closed', verification_id: null })
  }
  const stop = listen(
    address.origin,
    () => frame.contentWindow,
    (notice) => {
      if (notice.type === 'closed') end()
      tell(notice)
    },
  )
  close.addEventListener('click', leave)
  // Esc, or whatever else the browser closes a dialog by.
  dialog.addEventListener('close', leave)
  document.body.append(dialog)
  root.style.overflow = 'hidden'
  dialog.showModal()
  return { close: end }
}

function popup(address: URL, tell: (notice: Notice) => void): Opened {
  const opened = window.open(address.href, 'shiming', POPUP)
  if (!opened) {
    // A blocked pop-up must not be a dead end.
    window.location.assign(address.href)
    return { close: () => undefined }
  }
  const stop = listen(address.origin, () => opened, tell)
  const watch = window.setInterval(() => {
    if (!opened.closed) return
    end()
    tell({ type: 'closed', verification_id: null })
  }, PACE)
  const end = (): void => {
    window.clearInterval(watch)
    stop()
  }
  return {
    close: () => {
      end()
      opened.close()
    },
  }
}

/** Opens a verification. Call it from a click, or browsers block the pop-up. */
export function open(options: OpenOptions): Opened {
  const address = checked(options.url)
  const tell = options.onNotice ?? ((): void => undefined)
  switch (options.mode ?? 'popup') {
    case 'iframe':
      return overlay(address, tell)
    case 'popup':
      return popup(address, tell)
    case 'redirect':
      window.location.assign(address.href)
      return { close: () => undefined }
  }
}
