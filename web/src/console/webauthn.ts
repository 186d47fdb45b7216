/** Passkeys: the browser's part of the ceremonies. */
import { Problem } from '@/shared/api'
import { tell } from './server'
import type { PasskeyCreation, PasskeyRequest, SessionView } from './types'

export const hasPasskeys = (): boolean => 'PublicKeyCredential' in window && window.isSecureContext

function bytes(text: string): Uint8Array<ArrayBuffer> {
  const binary = atob(text.replaceAll('-', '+').replaceAll('_', '/'))
  return Uint8Array.from(binary, (char) => char.charCodeAt(0))
}

function text(buffer: ArrayBuffer): string {
  const binary = String.fromCharCode(...new Uint8Array(buffer))
  return btoa(binary).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')
}

/** The person closed the browser's dialogue, or it ran out of time: not a fault, and nothing to explain. */
export class Withdrawn extends Error {}

async function ceremony(start: () => Promise<Credential | null>): Promise<PublicKeyCredential> {
  try {
    const made = await start()
    if (made instanceof PublicKeyCredential) return made
  } catch (thrown) {
    if (thrown instanceof DOMException && ['NotAllowedError', 'AbortError'].includes(thrown.name))
      throw new Withdrawn()
    throw new Problem({ title: String(thrown), status: 0, code: 'sign_in_failed' })
  }
  throw new Withdrawn()
}

/** Makes a passkey and registers it. */
export async function registerPasskey(label: string): Promise<SessionView> {
  const asked = await tell<PasskeyCreation>('/account/passkeys/options')
  const made = await ceremony(() =>
    navigator.credentials.create({
      publicKey: {
        challenge: bytes(asked.challenge),
        rp: { id: asked.rp_id, name: 'Shiming 实名' },
        user: { id: bytes(asked.user_id), name: asked.login, displayName: asked.name },
        pubKeyCredParams: asked.algorithms.map((alg) => ({ type: 'public-key', alg })),
        excludeCredentials: asked.known.map((id) => ({ type: 'public-key', id: bytes(id) })),
        authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
        attestation: 'none',
        timeout: 240_000,
      },
    }),
  )
  const response = made.response as AuthenticatorAttestationResponse
  return tell<SessionView>('/account/passkeys', {
    client_data: text(response.clientDataJSON),
    authenticator_data: text(response.getAuthenticatorData()),
    label,
  })
}

/** Signs a challenge with a passkey and sends it to `path`. */
export async function usePasskey<T>(path: string): Promise<T> {
  const asked = await tell<PasskeyRequest>('/session/passkey/options')
  const made = await ceremony(() =>
    navigator.credentials.get({
      publicKey: {
        challenge: bytes(asked.challenge),
        rpId: asked.rp_id,
        userVerification: 'required',
        timeout: 240_000,
      },
    }),
  )
  const response = made.response as AuthenticatorAssertionResponse
  return tell<T>(path, {
    id: text(made.rawId),
    client_data: text(response.clientDataJSON),
    authenticator_data: text(response.authenticatorData),
    signature: text(response.signature),
  })
}
