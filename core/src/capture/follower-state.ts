/**
 * Where a follower is with the reading of its table: the states, and which event leads from one to which. It is not of
 * `onLoad`, which runs beside it and has states of its own.
 *
 *   idle -> reading <-> reading-again        a read; another follows when something came between
 *              |
 *            ahead -> following              all is read; all is shown, with what the other tables were then
 *
 *   failed, stranded -> reading              at a retry, or a new schema
 *   idle                                     nobody wants a row
 *   ended                                    for good
 */
import type { StoredRows } from './follower.ts'
import type { RowsignalError } from '../errors.ts'

export type FollowerState =
  | { readonly name: 'idle' | 'ahead' | 'following' }
  | {
      readonly name: 'reading'
      /** Changes that came meanwhile: id -> newest stored state. */
      readonly aside: StoredRows
      /** Of the read before, and told until this one has succeeded. */
      readonly error: RowsignalError | undefined
    }
  /** What comes while this lasts is older than what the next read will find. */
  | { readonly name: 'reading-again'; readonly error: RowsignalError | undefined }
  /** `stranded`: without a trigger, since the schema lacks the table or the trigger could not be made. */
  | { readonly name: 'failed' | 'stranded'; readonly error: RowsignalError }
  | { readonly name: 'ended'; readonly error: RowsignalError | undefined }

export type FollowerEvent =
  /** A read begins; one that runs is of no use any more. */
  | { readonly type: 'begin' }
  /** What the read has found so far may not be all. */
  | { readonly type: 'doubt' }
  /** The read has found all. */
  | { readonly type: 'found' }
  /** What it found is shown. */
  | { readonly type: 'shown' }
  | { readonly type: 'fail' | 'strand'; readonly error: RowsignalError }
  /** Nobody wants a row of the table any more. */
  | { readonly type: 'rest' }
  /** The run of the collection's sync is over. */
  | { readonly type: 'end' }

type Name = FollowerState['name']
type Transitions = { readonly [Event in FollowerEvent['type']]?: Name }

const always = {
  begin: 'reading',
  fail: 'failed',
  strand: 'stranded',
  rest: 'idle',
  end: 'ended',
} as const

const transitions: { readonly [From in Name]: Transitions } = {
  idle: always,
  reading: { ...always, doubt: 'reading-again', found: 'ahead' },
  'reading-again': { ...always, found: 'reading' },
  ahead: { ...always, shown: 'following' },
  following: always,
  failed: always,
  stranded: always,
  ended: {},
}

/** The state after an event; the same object where the event means nothing. */
export function nextState(state: FollowerState, event: FollowerEvent): FollowerState {
  const name = transitions[state.name][event.type]
  if (name === undefined) return state
  if (name === 'idle' || name === 'ahead' || name === 'following') return { name }
  if (name === 'failed' || name === 'stranded') {
    return { name, error: (event as Extract<FollowerEvent, { error: unknown }>).error }
  }
  const error = errorOf(state)
  return name === 'reading' ? { name, aside: new Map(), error } : { name, error }
}

export function errorOf(state: FollowerState): RowsignalError | undefined {
  return 'error' in state ? state.error : undefined
}

/** Whether the collection shows what is wanted of SQLite, which may be nothing. */
export function isInStep({ name }: FollowerState): boolean {
  return name === 'following' || name === 'idle'
}

/** Whether the reading has come to an end, good or bad, that TanStack DB is to be told of. */
export function isSettled(state: FollowerState): boolean {
  return isInStep(state) || state.name === 'failed' || state.name === 'stranded'
}
