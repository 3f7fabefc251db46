/**
 * When what a view asks for is there: it has its rows, shows a seed, or is nothing; or has failed. This is the promise of a
 * view, for `await` and for what suspends, made when somebody asks for it.
 *
 * It settles once for each collection that is asked for: with rows, or with the error that kept them from coming. One that
 * comes later is `error` of the view alone. After a failure the next try has a promise of its own.
 */
import type { RowsignalError } from '../errors.ts'
import type { AnyCollection } from '../libraries/tanstack.ts'
import type { FollowListener, Host } from '../readable/framework.ts'
import type { Stop } from '../readable/readable.ts'
import type { LiveRows } from './live-rows.ts'
import { errorOf, isTryingAgain, readOf } from './recovery.ts'
import type { RowKey } from './row-collection.ts'
import { showsSeed, sourceOf } from './seeds.ts'

/** What a view asks for: rows, nothing, or what is an error by itself. */
export interface Wanted {
  readonly rows: Pick<LiveRows<object, RowKey>, 'collection' | 'status' | 'acquire'> | undefined
  readonly error: RowsignalError | undefined
}

/** Where a view has what it asks for. */
const asking: unique symbol = Symbol('rowsignal.asking')

/** What a view asks for, and who waits for it. A part of every view, so it is small. */
export class Asking implements FollowListener {
  readonly host: Host<unknown>
  /** Tracked. */
  readonly wanted: () => Wanted
  arrival: Arrival | undefined

  constructor(host: Host<unknown>, wanted: () => Wanted) {
    this.host = host
    this.wanted = wanted
  }

  moved(): void {
    this.arrival?.moved()
  }

  left(): void {
    this.arrival?.left()
  }
}

/** The view itself; no copy and no loop finds what it asks for. */
export function withAsking<View extends object>(view: View, asked: Asking): View {
  return Object.defineProperty(view, asking, { value: asked, configurable: true })
}

export function askingOf(view: object): Asking {
  return (view as { readonly [asking]: Asking })[asking]
}

/** How a wait has ended: well, or with an error. */
export interface Arrived {
  readonly error?: RowsignalError
}

/** Undefined while what is wanted has neither come nor failed. */
export function arrivedOf({ rows, error }: Wanted): Arrived | undefined {
  if (rows === undefined) return error === undefined ? {} : { error }
  const { collection } = rows
  if (collection.status === 'ready' || showsSeed(collection)) return {}
  const source = sourceOf(collection) as unknown as AnyCollection
  if (collection.status !== 'error' || isTryingAgain(source)) return undefined
  const failed = errorOf(source)
  return failed && { error: failed }
}

export function isSameWanted(before: Wanted | undefined, now: Wanted): boolean {
  return before?.rows === now.rows && before?.error === now.error
}

/** Calls `told` when what is wanted may have arrived, in a microtask: in the middle of a commit it may not have all its rows. */
export function whenChanged({ rows }: Wanted, told: () => void): Stop {
  if (rows === undefined) return () => {}
  const source = sourceOf(rows.collection) as unknown as AnyCollection
  // What a live query reads may fail again while it is in error itself.
  const stops = [source, ...(readOf(source) ?? [])].map((collection) =>
    collection.on('status:change', () => queueMicrotask(told)),
  )
  return () => stops.forEach((stop) => stop())
}

/**
 * The promise for who awaits once, and is not asked again when something else is asked for meanwhile: it goes on to the
 * newest one. It follows what it waits for. When the component that asks has left, who waits gets what there is.
 */
export class Arrival {
  readonly #asking: Asking
  /** Something failed, and is tried again. */
  readonly #retried: unknown
  #promise: Promise<void> | undefined
  #resolve = (): void => {}
  #reject = (_error: RowsignalError): void => {}
  /** What the promise waits for, or has been settled with. */
  #wanted: Wanted | undefined
  #ended: Arrived | undefined
  #stops: readonly Stop[] = []
  #isOver = false

  constructor(asked: Asking) {
    this.#asking = asked
    this.#retried = asked.host.cell()
  }

  /** Has the running computation run again when there is another promise. */
  track(): void {
    this.#asking.host.track(this.#retried, undefined)
    this.#asking.wanted()
  }

  promise(): Promise<void> {
    if (this.#isOver || this.#asking.host.server) return Promise.resolve()
    const wanted = this.#asking.wanted()
    if (!this.#standsFor(wanted)) this.#start()
    if (this.#ended === undefined) {
      const arrived = arrivedOf(wanted)
      if (arrived !== undefined) this.#settle(wanted, arrived)
      // Not at once: who asks may be in the middle of a computation, in which nothing may be started.
      else queueMicrotask(this.#look)
    }
    return this.#promise!
  }

  /** Whether who awaits is told of the error that the view has now. */
  get tells(): boolean {
    return this.#promise !== undefined && (this.#ended === undefined || 'error' in this.#ended)
  }

  moved(): void {
    if (this.tells) queueMicrotask(this.#look)
  }

  left(): void {
    this.#isOver = true
    this.#follow([])
    this.#resolve()
  }

  #standsFor(wanted: Wanted): boolean {
    if (this.#promise === undefined) return false
    if (this.#ended === undefined) return true
    if (!isSameWanted(this.#wanted, wanted)) return false
    return !('error' in this.#ended) || arrivedOf(wanted)?.error === this.#ended.error
  }

  #start(): void {
    this.#promise = new Promise((resolve, reject) => {
      this.#resolve = resolve
      this.#reject = reject
    })
    this.#promise.catch(() => {}) // who awaits it handles a promise of its own
    this.#wanted = this.#ended = undefined
  }

  /** Looks what has become of it. */
  readonly #look = (): void => {
    if (this.#isOver || !this.tells) return
    const wanted = this.#asking.wanted()
    if (!this.#standsFor(wanted)) return this.#forget()
    if (this.#ended !== undefined) return
    const arrived = arrivedOf(wanted)
    if (arrived !== undefined) return this.#settle(wanted, arrived)
    if (isSameWanted(this.#wanted, wanted)) return
    this.#wanted = wanted
    this.#follow([whenChanged(wanted, this.#look), wanted.rows!.acquire()])
  }

  #settle(wanted: Wanted, arrived: Arrived): void {
    this.#wanted = wanted
    this.#ended = arrived
    // After a failure until the next try.
    this.#follow('error' in arrived ? [whenChanged(wanted, this.#look)] : [])
    if (arrived.error === undefined) this.#resolve()
    else this.#reject(arrived.error)
  }

  #forget(): void {
    this.#promise = undefined
    this.#follow([])
    this.#asking.host.trigger(this.#retried)
  }

  #follow(stops: readonly Stop[]): void {
    const before = this.#stops
    this.#stops = stops
    before.forEach((stop) => stop())
  }
}

/**
 * Makes `target` a thenable, by a property that no copy and no loop finds: it is awaited, and for anything else as it was.
 *
 * @param view A view of core, which `target` stands for.
 * @param value Gives what is awaited: nothing that is a thenable itself, or `await` would not end.
 */
export function thenable<Target extends object, Value>(
  target: Target,
  view: object,
  value: () => Value,
): Target & PromiseLike<Value> {
  const asked = askingOf(view)
  const then = {
    configurable: true,
    get(): PromiseLike<Value>['then'] {
      const arrival = (asked.arrival ??= new Arrival(asked))
      arrival.track()
      return (resolved, rejected) => arrival.promise().then(value).then(resolved, rejected)
    },
  }
  // oxlint-disable-next-line unicorn/no-thenable -- it is one
  const properties = { then, [asking]: { value: asked } }
  return Object.defineProperties(target, properties) as Target & PromiseLike<Value>
}
