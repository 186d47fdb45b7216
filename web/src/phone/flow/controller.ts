/** Does what the screens ask for, and tells the flow how it went. */

import { asProblem, type Problem } from '@/shared/api'
import { factsOfProblem } from '@/shared/error-text'
import type { ScanView } from '@/shared/types'
import type { CameraProblem } from '../camera/preflight'
import type { ScanResult } from '../scan/protocol'
import type { Ended } from '../scan/socket'
import { createStore, type Store } from '../store'
import { INITIAL_FLOW, reduceFlow, type Flow, type FlowEvent } from './flow'
import type { Server } from './server'

export interface Arrival {
  /** The token of the opened link, if there is one. */
  token: string | null
  /** The page was opened as `/scan`, in order to scan a code. */
  wantsScanner: boolean
  /** What already keeps this browser from filming. */
  problem: CameraProblem | null
}

const ENDED: readonly ScanView['state'][] = ['declined', 'verified', 'failed', 'in_review', 'closed']

export class Controller {
  readonly store: Store<Flow, FlowEvent> = createStore(reduceFlow, INITIAL_FLOW)
  private lastAttempt: () => Promise<void> = () => this.resume(false)

  constructor(private readonly server: Server) {}

  /** Claims the link's code, or goes on with this phone's scan, or offers to scan a code. */
  async arrive({ token, wantsScanner, problem }: Arrival): Promise<void> {
    if (problem) this.store.dispatch({ type: 'blocked', problem })
    else if (token) await this.claim(token)
    else await this.resume(wantsScanner)
  }

  async claim(token: string): Promise<void> {
    this.lastAttempt = () => this.claim(token)
    this.store.dispatch({ type: 'loading' })
    await this.open(this.server.claim(token), (problem) => this.refuse(problem))
  }

  /** Repeats what was refused, as when the network is back. */
  retry(): Promise<void> {
    return this.lastAttempt()
  }

  scanAnother(): void {
    this.store.dispatch({ type: 'no_invitation' })
  }

  /** Asks for the present state without disturbing the screen: after the page or the network was away. */
  async refresh(): Promise<void> {
    try {
      this.store.dispatch({ type: 'view', view: await this.server.scan() })
    } catch (thrown) {
      const problem = asProblem(thrown)
      if (problem.status === 401 || problem.status === 410) this.refuse(problem)
    }
  }

  /** Loads the notice, in the page's present language. */
  async loadNotice(): Promise<void> {
    try {
      this.store.dispatch({ type: 'notice', notice: await this.server.notice() })
    } catch (thrown) {
      this.fail(thrown)
    }
  }

  /** Sends the answer to the notice; a "no" also withdraws an earlier "yes". */
  async answer(agreed: boolean): Promise<void> {
    this.store.dispatch({ type: 'busy' })
    try {
      const version = this.store.state().notice?.version ?? (await this.server.notice()).version
      this.store.dispatch({ type: 'view', view: await this.server.answerConsent(version, agreed) })
    } catch (thrown) {
      // The text that was agreed to is no longer the one that counts.
      if (asProblem(thrown).status === 422) await this.loadNotice()
      else this.fail(thrown)
    }
  }

  /** A scan that was not judged may have ended because it is over: the server knows. */
  async scanResult(result: ScanResult): Promise<void> {
    this.store.dispatch({ type: 'result', result })
    if (result.outcome === 'no_try_used') await this.refresh()
  }

  /** The scan's connection ended without a result. */
  async scanEnded(why: Ended): Promise<void> {
    await this.refresh()
    if (this.store.state().screen.name !== 'face') return
    const code = why === 'give_up' ? 'network_lost' : 'system_error'
    this.store.dispatch({ type: 'interrupted', trouble: { code } })
  }

  private async resume(onlyIfOpen: boolean): Promise<void> {
    this.lastAttempt = () => this.resume(onlyIfOpen)
    this.store.dispatch({ type: 'loading' })
    await this.open(this.server.scan(), (problem) => {
      if (problem.status === 401) this.scanAnother()
      else this.refuse(problem)
    })
    const { view } = this.store.state()
    if (onlyIfOpen && view && ENDED.includes(view.state)) this.scanAnother()
  }

  private async open(asked: Promise<ScanView>, onProblem: (problem: Problem) => void): Promise<void> {
    try {
      const view = await asked
      this.store.dispatch({ type: 'view', view })
      if (view.state === 'consent') await this.loadNotice()
    } catch (thrown) {
      onProblem(asProblem(thrown))
    }
  }

  private refuse(problem: Problem): void {
    this.store.dispatch({ type: 'refused', trouble: factsOfProblem(problem) })
  }

  /** The server may refuse because the scan has moved on elsewhere: the page follows it. */
  private fail(thrown: unknown): void {
    const problem = asProblem(thrown)
    if (problem.status === 401 || problem.status === 410) this.refuse(problem)
    else this.store.dispatch({ type: 'trouble', trouble: factsOfProblem(problem) })
    if (problem.status === 409) void this.refresh()
  }
}
