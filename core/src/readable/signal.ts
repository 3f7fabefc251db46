/** Readables as signals of TC39's proposal. */
import { attempt } from '../errors.ts'
import type { Readable, Stop } from './readable.ts'

/** What `toSignal` uses of an implementation of TC39's proposal, such as the `Signal` of `signal-polyfill`. */
export interface SignalLibrary<Computed> {
  readonly State: new (
    value: number,
    options?: object,
  ) => { get(): number; set(value: number): void }
  readonly Computed: new (compute: () => unknown) => Computed & { get(): unknown }
  readonly subtle: {
    readonly watched: symbol
    readonly unwatched: symbol
    currentComputed(): unknown
  }
}

/**
 * A readable as a signal of TC39's proposal; the implementation is passed in, the library brings none.
 *
 * Shape: a `Signal.Computed`; right whenever it is read, also by a computed that nobody watches. Follows the readable
 * while it is watched, and else for the rest of the tick in which a computed has read it.
 * Source: run on signal-polyfill 0.2.2.
 *
 * @example
 * import { Signal } from 'signal-polyfill'
 * const all = toSignal(rows(todos), Signal)
 * const count = new Signal.Computed(() => all.get().length)
 */
export function toSignal<T, Computed>(
  readable: Readable<T>,
  Signal: SignalLibrary<Computed>,
): { get(): T } & Computed {
  const { watched, unwatched } = Signal.subtle
  let isWatched = false
  let isLetGo = false
  let changes = 0
  let stop: Stop | undefined

  const follow = (): void => {
    stop ??= readable.listen(() => version.set(++changes))
  }
  // A computed that nobody watches keeps its value until a signal changes. So the end of following is a change.
  const leave = (): void => {
    isLetGo = false
    if (isWatched) return
    stop?.()
    stop = undefined
    version.set(++changes)
  }
  const letGo = (): void => {
    if (!isLetGo) queueMicrotask(leave)
    isLetGo = true
  }

  const version = new Signal.State(changes, {
    [watched]() {
      isWatched = true
      attempt(follow) // called from inside of the signal library, which a throw would leave half linked
    },
    [unwatched]() {
      isWatched = false
      letGo()
    },
  })
  const signal = new Signal.Computed(() => version.get())
  const track = signal.get.bind(signal)
  return Object.assign(signal, {
    get(): T {
      track()
      if (!isWatched && Signal.subtle.currentComputed() !== undefined) {
        follow()
        letGo()
      }
      return readable.get() // not a copy: right also in the middle of a batch
    },
  })
}
