/**
 * What core needs of a framework, and a readable in it. Core owns what is asked, kept and followed; a binding is cells
 * and lifecycle.
 */
import { perObject } from './per-object.ts'
import type { Readable, Stop } from './readable.ts'
import { whileUsed } from './while-used.ts'

/** Rows to show until SQLite has been read, of any number of collections and queries. `seed` and `openSeeds` make them. */
export interface Seeds {
  /**
   * What to show in place of a collection.
   *
   * @param key Of the row that is asked for alone.
   */
  readonly find: (collection: object, key?: unknown) => object | undefined
}

/** What is kept up to date while somebody follows it. */
export interface Followable {
  /** Follows it until the returned function is called; each component may call it. */
  readonly acquire: () => Stop
}

/** Who is told of what becomes of something that a host follows. */
export interface FollowListener {
  /** Something else is followed, or nothing. Called in the middle of a computation. */
  moved(): void
  /** The component has left. */
  left(): void
}

/**
 * What core needs of a framework. A cell stands for the fact that something changed: values are read where they are, so
 * that they are right also in the middle of a batch.
 */
export interface Host<Cell> {
  /** On a server nothing is subscribed to: rows are read as they are. */
  readonly server: boolean
  /** A symbol by which the framework asks whether an object is a Proxy (Solid's `$PROXY`), answered with yes. */
  readonly proxySymbol?: symbol
  /** A new cell; may be asked for in the middle of a computation that is about to track it. */
  cell(): Cell
  /**
   * Makes the running computation depend on the cell, and returns what it is to see: `now`, or, where Svelte takes down
   * what a change has removed, what was read before that change.
   *
   * @param part Names the value, where several are read by one cell.
   */
  track<T>(cell: Cell, now: T, part?: unknown): T
  /** Runs again what depends on the cell. */
  trigger(cell: Cell): void
  /** What `read` gives, kept until something that it read changes. */
  keep<T>(read: () => T): () => T
  /**
   * Follows what `kept` gives while the component lives that is being made; where the framework can tell (Svelte), also
   * while an effect reads it. What is given next is followed before what was given before is let go.
   *
   * @param kept What `keep` has made.
   * @param listener Needed only where `thenable` is used.
   * @returns To be read outside of `keep`.
   */
  follow<Followed extends Followable>(
    kept: () => Followed | undefined,
    listener?: FollowListener,
  ): () => Followed | undefined
  /** What was provided to the component that is being made, to show until collections have been read. */
  seeds(): readonly Seeds[]
  /** Follows it for the running computation, as far as there is one and the framework can tell when it ends. */
  followHere(followed: Followable): void
}

/** What a host does on a server, where there is nothing to run again; the framework itself keeps what was read. */
export function serverHost({
  keep,
  seeds,
}: Pick<Host<undefined>, 'keep' | 'seeds'>): Host<undefined> {
  return {
    server: true,
    seeds,
    cell: () => undefined,
    track: (_, now) => now,
    trigger: () => {},
    keep,
    follow: (kept) => kept,
    followHere: () => {},
  }
}

/** A readable whose reads the framework tracks. */
export class TrackedReadable<T, Cell> implements Followable {
  readonly #readable: Readable<T>
  readonly #host: Host<Cell>
  readonly #cell: Cell
  readonly acquire: () => Stop

  constructor(readable: Readable<T>, host: Host<Cell>) {
    this.#readable = readable
    this.#host = host
    this.#cell = host.cell()
    this.acquire = whileUsed(() => readable.listen(() => host.trigger(this.#cell)))
  }

  get(): T {
    return this.#host.track(this.#cell, this.#readable.get())
  }
}

const trackedPerHost = perObject((host: Host<unknown>) =>
  perObject((readable: Readable<unknown>) => new TrackedReadable(readable, host)),
)

/** The value of a readable in a framework: followed, tracked, and right whenever it is read. */
export function createValue<T>(host: Host<unknown>, read: () => Readable<T>): () => T {
  const followed = host.follow(host.keep(() => trackedPerHost(host)(read())))
  return () => followed()!.get() as T
}
