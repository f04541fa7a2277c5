/** Undo and redo over whole states: a state is small, and whatever changed comes back exactly. */

export interface DraftHistory<State> {
  readonly past: readonly State[]
  readonly present: State
  readonly future: readonly State[]
  /** What the last change was about and when, so that a word typed in one go is taken back in one go. */
  readonly last: { readonly subject: string; readonly atMilliseconds: number } | undefined
}

export interface Change {
  /** Such as `name` or `text`. */
  readonly subject: string
  readonly atMilliseconds: number
}

const keptStates = 200
/** A pause after which more typing is a change of its own. */
const pauseMilliseconds = 900

export function startHistory<State>(present: State): DraftHistory<State> {
  return { past: [], present, future: [], last: undefined }
}

/** Quick changes of one subject are one step. */
export function record<State>(
  history: DraftHistory<State>,
  present: State,
  change: Change
): DraftHistory<State> {
  const { past, last } = history
  const isSameStep =
    last !== undefined &&
    last.subject === change.subject &&
    change.atMilliseconds - last.atMilliseconds < pauseMilliseconds &&
    past.length > 0
  return {
    past: isSameStep ? past : [...past.slice(1 - keptStates), history.present],
    present,
    future: [],
    last: change
  }
}

/** The same history where there is nothing to take back. */
export function undo<State>(history: DraftHistory<State>): DraftHistory<State> {
  const before = history.past.at(-1)
  if (before === undefined) return history
  return {
    past: history.past.slice(0, -1),
    present: before,
    future: [history.present, ...history.future],
    last: undefined
  }
}

export function redo<State>(history: DraftHistory<State>): DraftHistory<State> {
  const [next, ...future] = history.future
  if (next === undefined) return history
  return { past: [...history.past, history.present], present: next, future, last: undefined }
}
