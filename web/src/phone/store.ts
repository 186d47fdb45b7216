/** A value that changes only through a reducer, and those who watch it. */

export interface Store<State, Event> {
  state: () => State
  dispatch: (event: Event) => void
  /** Calls `listener` after each change; returns the way to stop. */
  subscribe: (listener: (state: State) => void) => () => void
}

export function createStore<State, Event>(
  reduce: (state: State, event: Event) => State,
  initial: State,
): Store<State, Event> {
  let state = initial
  const listeners = new Set<(state: State) => void>()
  return {
    state: () => state,
    dispatch(event) {
      const next = reduce(state, event)
      if (next === state) return
      state = next
      for (const listener of listeners) listener(next)
    },
    subscribe(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}
