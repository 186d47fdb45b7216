/** What to do when a scan's connection closes: pure rules of reconnecting. */

/** The server keeps an interrupted try for this long. */
export const RESUME_WINDOW_MS = 60_000
const FIRST_PAUSE_MS = 500
const LONGEST_PAUSE_MS = 5_000

export type AfterClose =
  | { kind: 'retry'; pauseMs: number }
  /** The server won't go on with this connection: ask it what became of the scan. */
  | { kind: 'ask' }
  /** We spoke wrongly or too fast; the same again would end the same way. */
  | { kind: 'fault' }
  | { kind: 'give_up' }

const FAULTS = [4400, 4413, 4429]

export interface Closed {
  code: number
  /** Failed attempts since the connection was last open. */
  attempt: number
  /** Since the connection was last open. */
  lostForMs: number
}

/** The pause doubles up to a ceiling, within the time for which the server keeps the try. */
export function afterClose({ code, attempt, lostForMs }: Closed): AfterClose {
  if (FAULTS.includes(code)) return { kind: 'fault' }
  if (code === 1000 || code >= 4000) return { kind: 'ask' }
  if (lostForMs >= RESUME_WINDOW_MS) return { kind: 'give_up' }
  return { kind: 'retry', pauseMs: Math.min(FIRST_PAUSE_MS * 2 ** attempt, LONGEST_PAUSE_MS) }
}
