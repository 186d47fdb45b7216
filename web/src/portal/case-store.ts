/** The one case this page shows: loading it, following it, and what the person can do to it. */
import { computed, reactive, ref, shallowRef, type InjectionKey, inject } from 'vue'
import { asProblem, request, type Problem } from '@/shared/api'
import { listen } from '@/shared/events'
import type {
  Branch,
  CaseView,
  Channel,
  CredentialView,
  ElementsInput,
  Method,
  SubjectType,
  SyncStart,
} from '@/shared/types'
import { isFinal, screenOf, type Revisit } from './screen'

export type Action =
  | 'answer'
  | 'choice'
  | 'elements'
  | 'invitation'
  | 'hand_off'
  | 'edit'
  | 'cancel'
  | 'bank'
  | 'transfer'
  | 'amount'
  | 'sync'

export class CaseStore {
  readonly view = shallowRef<CaseView>()
  readonly credential = shallowRef<CredentialView>()
  /** Why the page as a whole can't be shown. */
  readonly fatal = shallowRef<Problem>()
  /** Why the last action failed. */
  readonly problem = shallowRef<Problem>()
  readonly busy = ref<Action | null>(null)
  readonly connected = ref(true)
  readonly revisit = ref<Revisit>(null)
  /** The subject type picked on this page, before the choice is complete and sent. */
  readonly pickedSubject = ref<SubjectType | null>(null)
  /** Server time minus this computer's time in ms, so that a wrong clock here shifts no countdown. */
  readonly clockOffset = ref(0)
  /** Whether this page saw the case become verified, rather than finding it so. */
  readonly justVerified = ref(false)
  /** The form, kept here so that going back and forth loses nothing; it is never stored. */
  readonly typed = reactive<ElementsInput>({
    enterprise_name: '',
    uscc: '',
    legal_representative: '',
    id_number: '',
  })
  /** The bank form, kept for the same reason. */
  readonly bank = reactive<{ account_name: string; account_number: string; branch: Branch | null }>({
    account_name: '',
    account_number: '',
    branch: null,
  })
  readonly screen = computed(
    () => this.view.value && screenOf(this.view.value, this.revisit.value, this.busy.value === 'elements'),
  )
  readonly subject = computed(() => this.pickedSubject.value ?? this.view.value?.subject_type ?? null)

  private stopListening: (() => void) | undefined

  constructor(private readonly caseId: string) {}

  get root(): string {
    return `/portal/api/cases/${encodeURIComponent(this.caseId)}`
  }

  async load(): Promise<void> {
    this.fatal.value = undefined
    try {
      this.receive(await request<CaseView>(this.root))
    } catch (thrown) {
      this.fatal.value = asProblem(thrown)
      return
    }
    if (this.view.value && !isFinal(this.view.value.state)) this.follow()
  }

  async loadCredential(): Promise<void> {
    this.problem.value = undefined
    try {
      this.credential.value = await request<CredentialView>(`${this.root}/credential`)
    } catch (thrown) {
      this.problem.value = asProblem(thrown)
    }
  }

  pickSubject(subject: SubjectType): void {
    this.pickedSubject.value = subject
    this.revisit.value = 'method'
  }

  goBackTo(step: Revisit): void {
    this.problem.value = undefined
    this.revisit.value = step
  }

  async choose(method: Method): Promise<void> {
    if (this.subject.value === null) return
    const sent = await this.act('choice', { subject_type: this.subject.value, method })
    if (sent) this.revisit.value = null
  }

  async submit(elements: ElementsInput): Promise<boolean> {
    return this.act('elements', elements)
  }

  async submitBank(): Promise<boolean> {
    const { account_name, account_number, branch } = this.bank
    const sent = await this.act('bank', { account_name, account_number, cnaps: branch?.cnaps ?? '' })
    if (sent) this.revisit.value = null
    return sent
  }

  async confirmTransfer(): Promise<boolean> {
    return this.act('transfer')
  }

  async enterAmount(amount: string): Promise<boolean> {
    return this.act('amount', { amount })
  }

  async renewInvitation(): Promise<boolean> {
    return this.act('invitation')
  }

  /** Has the link sent to somebody; answers with what stands in the way. */
  async sendLink(channel: Channel, address: string): Promise<Problem | undefined> {
    await this.act('hand_off', { channel, address })
    const refusal = this.problem.value
    // It is said where the address was typed.
    this.problem.value = undefined
    return refusal
  }

  /** Answers a reviewer's question. */
  async answer(answer: string): Promise<boolean> {
    return this.act('answer', { answer })
  }

  async edit(): Promise<boolean> {
    return this.act('edit')
  }

  /** The person agreed: the server notes it and says where at the sister platform to go on. */
  async synchronise(issuerId: string): Promise<void> {
    if (this.busy.value) return
    this.busy.value = 'sync'
    this.problem.value = undefined
    try {
      const body = { issuer_id: issuerId, agreed: true }
      const { redirect_to } = await request<SyncStart>(`${this.root}/sync`, { method: 'POST', body })
      window.location.assign(redirect_to)
    } catch (thrown) {
      await this.afterFailure(asProblem(thrown))
    } finally {
      this.busy.value = null
    }
  }

  async cancel(): Promise<boolean> {
    return this.act('cancel')
  }

  stop(): void {
    this.stopListening?.()
  }

  private follow(): void {
    this.stop()
    this.stopListening = listen(`${this.root}/events`, {
      event: 'case',
      onData: (data) => this.receive(data as CaseView),
      onConnected: (connected) => (this.connected.value = connected),
      onRefused: (refused) => (this.fatal.value = refused),
    })
  }

  private receive(next: CaseView): void {
    const before = this.view.value
    if (before && next.version < before.version) return
    this.clockOffset.value = Date.parse(next.server_time) - Date.now()
    if (before && before.state !== next.state) {
      this.revisit.value = null
      this.justVerified.value = next.state === 'verified'
    }
    this.view.value = next
    // Once it is accepted nobody needs the number on this page again.
    if (next.state === 'awaiting_scan' || next.state === 'awaiting_transfer') this.typed.id_number = ''
    if (next.bank?.confirmed_at) this.bank.account_number = ''
    if (next.state === 'verified' && !this.credential.value) void this.loadCredential()
    if (isFinal(next.state)) this.stop()
  }

  private async act(action: Action, body?: unknown): Promise<boolean> {
    if (this.busy.value) return false
    this.busy.value = action
    this.problem.value = undefined
    try {
      this.receive(await request<CaseView>(`${this.root}/${action}`, { method: 'POST', body }))
      return true
    } catch (thrown) {
      await this.afterFailure(asProblem(thrown))
      return false
    } finally {
      this.busy.value = null
    }
  }

  private async afterFailure(failure: Problem): Promise<void> {
    if (failure.code === 'session_invalid') {
      this.fatal.value = failure
      return
    }
    this.problem.value = failure
    // The case may have moved on without this page, which is what most refusals of an action mean.
    if (failure.status !== 409) return
    const present = await request<CaseView>(this.root).catch(() => undefined)
    if (present) this.receive(present)
  }
}

export const CASE_STORE: InjectionKey<CaseStore> = Symbol('case-store')

/** The case of the page, for components below the page. */
export function useCase(): CaseStore {
  const store = inject(CASE_STORE)
  if (!store) throw new Error('useCase outside of the case page')
  return store
}
