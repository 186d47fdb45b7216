/** Who is signed in, what they may do, and the wish to prove again to be there. */
import { computed, ref, shallowRef } from 'vue'
import { Problem, asProblem } from '@/shared/api'
import { ask, tell } from './server'
import type { SessionView } from './types'

export const session = shallowRef<SessionView>()
/** Whether it is known yet whether somebody is signed in. */
export const known = ref(false)

export const may = (permission: string): boolean => session.value?.permissions.includes(permission) ?? false
export const mustSetUp = computed(() => session.value?.method === 'link')

export async function loadSession(): Promise<void> {
  try {
    session.value = await ask<SessionView>('/session')
  } catch (thrown) {
    if (asProblem(thrown).status !== 401) throw thrown
    session.value = undefined
  } finally {
    known.value = true
  }
}

export async function signOut(): Promise<void> {
  await tell('/session/end')
  session.value = undefined
}

/** The dialogue that is open to prove again to be there; it resolves to whether that went well. */
export const proof = shallowRef<(proved: boolean) => void>()

async function prove(): Promise<boolean> {
  return new Promise((done) => {
    proof.value = (proved) => {
      proof.value = undefined
      done(proved)
    }
  })
}

/** Does something that may need a fresh proof: asks for one, and tries again. `undefined` if it was not given. */
export async function withProof<T>(act: () => Promise<T>): Promise<T | undefined> {
  try {
    return await act()
  } catch (thrown) {
    if (!(thrown instanceof Problem) || thrown.code !== 'step_up_needed') throw thrown
    return (await prove()) ? act() : undefined
  }
}
