/** The API, one object per resource. */
import { Transport, type Settings } from './transport.js'
import type {
  AccountCredential,
  CallOptions,
  CredentialSimulation,
  Enterprise,
  Erasure,
  Event,
  EventType,
  NewWebhookEndpoint,
  Page,
  PageQuery,
  PersonExport,
  PersonReference,
  Platform,
  PlatformSettings,
  Replay,
  Simulation,
  TestValues,
  Verification,
  VerificationRequest,
  VerificationState,
  WebhookAttempt,
  WebhookDelivery,
  WebhookEndpoint,
  WebhookEndpointRequest,
} from './types.js'

export type { Settings } from './transport.js'

type Query = PageQuery & Record<string, string | number | undefined>

/** A list that is read page by page, or entry by entry to its end. */
class List<Entry, Filter extends object> {
  constructor(
    private readonly transport: Transport,
    private readonly path: string,
  ) {}

  /** One page. */
  page(query: Filter & PageQuery = {} as Filter, options: CallOptions = {}): Promise<Page<Entry>> {
    return this.transport.send({ method: 'GET', path: this.path, query: query as Query, ...options })
  }

  /** Every entry: `for await (const verification of shiming.verifications.all())`. */
  async *all(query: Filter & PageQuery = {} as Filter, options: CallOptions = {}): AsyncGenerator<Entry> {
    let cursor: string | null | undefined
    do {
      const page: Page<Entry> = await this.page(cursor ? { ...query, cursor } : query, options)
      yield* page.data
      cursor = page.next_cursor
    } while (cursor)
  }
}

const id = encodeURIComponent

class Verifications extends List<Verification, { account_id?: string; state?: VerificationState }> {
  readonly #transport: Transport

  constructor(transport: Transport) {
    super(transport, '/v1/verifications')
    this.#transport = transport
  }

  /** Opens one. Send the applicant to its `url` at once: the secret in it works once, for 30 minutes. */
  create(request: VerificationRequest, options: CallOptions = {}): Promise<Verification> {
    return this.#transport.send({ method: 'POST', path: '/v1/verifications', body: request, ...options })
  }

  get(verification: string, options: CallOptions = {}): Promise<Verification> {
    return this.#transport.send({ method: 'GET', path: `/v1/verifications/${id(verification)}`, ...options })
  }

  cancel(verification: string, options: CallOptions = {}): Promise<Verification> {
    const path = `/v1/verifications/${id(verification)}/cancel`
    return this.#transport.send({ method: 'POST', path, ...options })
  }

  /** A fresh link to it, for an applicant who comes back. */
  link(verification: string, options: CallOptions = {}): Promise<Verification> {
    const path = `/v1/verifications/${id(verification)}/link`
    return this.#transport.send({ method: 'POST', path, ...options })
  }

  /** Takes the legal representative's consent to the face scan back, on the person's word. */
  withdrawConsent(verification: string, options: CallOptions = {}): Promise<Verification> {
    const path = `/v1/verifications/${id(verification)}/consent/withdraw`
    return this.#transport.send({ method: 'POST', path, ...options })
  }
}

class Credentials extends List<AccountCredential, { account_id?: string }> {
  readonly #transport: Transport

  constructor(transport: Transport) {
    super(transport, '/v1/credentials')
    this.#transport = transport
  }

  get(credential: string, options: CallOptions = {}): Promise<AccountCredential> {
    return this.#transport.send({ method: 'GET', path: `/v1/credentials/${id(credential)}`, ...options })
  }

  /** What the account holds now. Rejects with `NotFoundError` if it is not verified. */
  ofAccount(account: string, options: CallOptions = {}): Promise<AccountCredential> {
    const path = `/v1/accounts/${id(account)}/credential`
    return this.#transport.send({ method: 'GET', path, ...options })
  }

  /** Ends it for good; `message` is what the account's owner is told. */
  revoke(credential: string, message?: string, options: CallOptions = {}): Promise<AccountCredential> {
    const path = `/v1/credentials/${id(credential)}/revoke`
    const body = message === undefined ? {} : { message }
    return this.#transport.send({ method: 'POST', path, body, ...options })
  }
}

class Accounts {
  constructor(private readonly transport: Transport) {}

  /** The account is closed: its open verifications are cancelled, its credential ends. Harmless to repeat. */
  close(account: string, options: CallOptions = {}): Promise<void> {
    return this.transport.send({ method: 'DELETE', path: `/v1/accounts/${id(account)}`, ...options })
  }
}

/** A person's rights, within your platform's data. */
class Persons {
  constructor(private readonly transport: Transport) {}

  /** Everything that is kept of a person, unmasked. */
  export(person: PersonReference, options: CallOptions = {}): Promise<PersonExport> {
    return this.transport.send({ method: 'POST', path: '/v1/persons/export', body: person, ...options })
  }

  /** Erases a person for good. */
  erase(person: PersonReference, options: CallOptions = {}): Promise<Erasure> {
    return this.transport.send({ method: 'POST', path: '/v1/persons/erase', body: person, ...options })
  }
}

class Enterprises extends List<Enterprise, object> {
  readonly #transport: Transport

  constructor(transport: Transport) {
    super(transport, '/v1/enterprises')
    this.#transport = transport
  }

  get(uscc: string, options: CallOptions = {}): Promise<Enterprise> {
    return this.#transport.send({ method: 'GET', path: `/v1/enterprises/${id(uscc)}`, ...options })
  }
}

class Events extends List<
  Event,
  { type?: EventType; verification_id?: string; since?: string; until?: string; order?: 'asc' | 'desc' }
> {
  readonly #transport: Transport

  constructor(transport: Transport) {
    super(transport, '/v1/events')
    this.#transport = transport
  }

  get(event: string, options: CallOptions = {}): Promise<Event> {
    return this.#transport.send({ method: 'GET', path: `/v1/events/${id(event)}`, ...options })
  }
}

class WebhookEndpoints extends List<WebhookEndpoint, object> {
  readonly #transport: Transport

  constructor(transport: Transport) {
    super(transport, '/v1/webhook_endpoints')
    this.#transport = transport
  }

  #at(endpoint: string, act = ''): string {
    return `/v1/webhook_endpoints/${id(endpoint)}${act}`
  }

  /** Adds one. Its `secret` is in this answer only. */
  create(request: NewWebhookEndpoint, options: CallOptions = {}): Promise<WebhookEndpoint> {
    return this.#transport.send({ method: 'POST', path: '/v1/webhook_endpoints', body: request, ...options })
  }

  get(endpoint: string, options: CallOptions = {}): Promise<WebhookEndpoint> {
    return this.#transport.send({ method: 'GET', path: this.#at(endpoint), ...options })
  }

  update(
    endpoint: string,
    request: WebhookEndpointRequest,
    options: CallOptions = {},
  ): Promise<WebhookEndpoint> {
    return this.#transport.send({ method: 'PATCH', path: this.#at(endpoint), body: request, ...options })
  }

  remove(endpoint: string, options: CallOptions = {}): Promise<void> {
    return this.#transport.send({ method: 'DELETE', path: this.#at(endpoint), ...options })
  }

  /** A new secret; the old one goes on signing beside it for the overlap. */
  rotateSecret(endpoint: string, overlapHours?: number, options: CallOptions = {}): Promise<WebhookEndpoint> {
    const body = overlapHours === undefined ? {} : { overlap_hours: overlapHours }
    return this.#transport.send({
      method: 'POST',
      path: this.#at(endpoint, '/rotate_secret'),
      body,
      ...options,
    })
  }

  /** Sends a trial message. */
  test(endpoint: string, options: CallOptions = {}): Promise<void> {
    return this.#transport.send({ method: 'POST', path: this.#at(endpoint, '/test'), ...options })
  }

  /** Sends again what happened: one event, or all of a time. */
  replay(endpoint: string, what: Replay, options: CallOptions = {}): Promise<{ messages: number }> {
    return this.#transport.send({
      method: 'POST',
      path: this.#at(endpoint, '/replay'),
      body: what,
      ...options,
    })
  }

  /** What was sent, newest first. */
  deliveries(endpoint: string): List<WebhookDelivery, { status?: string }> {
    return new List(this.#transport, this.#at(endpoint, '/deliveries'))
  }

  /** Every attempt at one delivery. */
  attempts(delivery: string, options: CallOptions = {}): Promise<{ data: WebhookAttempt[] }> {
    const path = `/v1/webhook_deliveries/${id(delivery)}/attempts`
    return this.#transport.send({ method: 'GET', path, ...options })
  }
}

class TestMode {
  constructor(private readonly transport: Transport) {}

  /** The documented magic values. */
  values(options: CallOptions = {}): Promise<TestValues> {
    return this.transport.send({ method: 'GET', path: '/v1/test/values', ...options })
  }

  /** Makes something happen to a verification of a test key, in the place of phone, bank, reviewer and clock. */
  simulate(verification: string, what: Simulation, options: CallOptions = {}): Promise<Verification> {
    const path = `/v1/test/verifications/${id(verification)}/simulate`
    return this.transport.send({ method: 'POST', path, body: what, ...options })
  }

  /** Makes something happen to a credential of a test key, in the place of registry, operator and clock. */
  simulateCredential(
    credential: string,
    what: CredentialSimulation,
    options: CallOptions = {},
  ): Promise<AccountCredential> {
    const path = `/v1/test/credentials/${id(credential)}/simulate`
    return this.transport.send({ method: 'POST', path, body: what, ...options })
  }
}

/** A Shiming server, as a platform's own server calls it. */
export class Shiming {
  readonly verifications: Verifications
  readonly credentials: Credentials
  readonly accounts: Accounts
  readonly persons: Persons
  readonly enterprises: Enterprises
  readonly events: Events
  readonly webhookEndpoints: WebhookEndpoints
  readonly test: TestMode
  readonly #transport: Transport

  constructor(settings: Settings) {
    const transport = new Transport(settings)
    this.#transport = transport
    this.verifications = new Verifications(transport)
    this.credentials = new Credentials(transport)
    this.accounts = new Accounts(transport)
    this.persons = new Persons(transport)
    this.enterprises = new Enterprises(transport)
    this.events = new Events(transport)
    this.webhookEndpoints = new WebhookEndpoints(transport)
    this.test = new TestMode(transport)
  }

  /** The platform that the key belongs to. */
  platform(options: CallOptions = {}): Promise<Platform> {
    return this.#transport.send({ method: 'GET', path: '/v1/platform', ...options })
  }

  /** Says which pages may frame the hosted page. */
  updatePlatform(settings: PlatformSettings, options: CallOptions = {}): Promise<Platform> {
    return this.#transport.send({ method: 'PATCH', path: '/v1/platform', body: settings, ...options })
  }
}
