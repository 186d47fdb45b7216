/** What every screen may use. */

import { createContext } from 'preact'
import { useContext, useEffect, useState } from 'preact/hooks'
import type { Controller } from './flow/controller'
import type { Preferences } from './preferences'
import type { Store } from './store'
import type { Texts } from './texts'
import type { Voice } from './voice'

export interface Page {
  texts: Texts
  controller: Controller
  voice: Voice
  preferences: Store<Preferences, Partial<Preferences>>
  /** Claims the code that the page's own Scan has read. */
  onScanned: (token: string) => void
}

export const PageContext = createContext<Page | null>(null)

export function usePage(): Page {
  const page = useContext(PageContext)
  if (!page) throw new Error('screens are shown inside the page')
  return page
}

export function useStore<State, Event>(store: Store<State, Event>): State {
  const [state, setState] = useState(store.state)
  useEffect(() => {
    setState(store.state())
    return store.subscribe(setState)
  }, [store])
  return state
}
