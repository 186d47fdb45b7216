/** Client of a Shiming server. Runs wherever `fetch` and Web Crypto do: Node 20, Deno, Bun, edge workers. */
export { Shiming, type Settings } from './shiming.js'
export {
  AuthenticationError,
  ConflictError,
  ConnectionError,
  InvalidRequestError,
  NotFoundError,
  PermissionError,
  RateLimitError,
  ServerError,
  ShimingError,
  type FieldError,
} from './errors.js'
export { verifyWebhook, WebhookError, type WebhookEvent, type WebhookHeaders } from './webhooks.js'
export type * from './types.js'
