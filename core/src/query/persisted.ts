/**
 * Whether the rows that a persistence of TanStack DB (0.15.2) keeps on the device have been restored, as the newer official
 * adapters tell it beside the status. Its adapters say so by a property of the options of their collections; a query has
 * it if each collection that it reads has. SQLite is not one of these: a collection of ours is `ready` when it has been read.
 */
import type { AnyCollection } from '../libraries/tanstack.ts'
import { type Host, TrackedReadable } from '../readable/framework.ts'
import { keeper } from '../readable/keep.ts'
import { perObject } from '../readable/per-object.ts'
import { createReadable, type Readable } from '../readable/readable.ts'
import { readOf } from '../rows/recovery.ts'

/** As `useLiveQuery` of the newer official adapters has it. */
export interface PersistedView {
  /** `unavailable` when the query reads a collection that no persistence restores. */
  readonly persistedStatus: 'unavailable' | 'loading' | 'ready' | 'error'
  readonly isPersistedReady: boolean
  /** Why the rows could not be restored. */
  readonly persistedError: unknown
}

interface Restore {
  readonly status: PersistedView['persistedStatus']
  readonly error?: unknown
}

/** What an adapter of TanStack DB's persistence puts into the options of a collection. */
interface RestoreSource {
  getSnapshot(): Restore
  subscribe(listener: () => void): () => void
}

const capability = Symbol.for('@tanstack/db.persistedReadiness')
const unavailable: Restore = { status: 'unavailable' }

/** Of a collection, or of all that a live query reads; undefined if one of them has none. */
function sourcesOf(collection: AnyCollection): RestoreSource[] | undefined {
  const read = readOf(collection)
  if (read === undefined) {
    const source = Reflect.get(collection.config, capability) as RestoreSource | undefined
    return source && [source]
  }
  const sources = read.map(sourcesOf)
  return sources.every((source) => source !== undefined) ? sources.flat() : undefined
}

const restoreOf = perObject((collection: AnyCollection): Readable<Restore> | undefined => {
  const sources = sourcesOf(collection)
  if (sources === undefined) return undefined
  const keepSame = keeper<Restore>(
    (before, next) => before.status === next.status && before.error === next.error,
  )
  return createReadable({
    get() {
      const now = sources.map((source) => source.getSnapshot())
      const first = (status: string): Restore | undefined =>
        now.find((one) => one.status === status)
      return keepSame(first('error') ?? first('loading') ?? { status: 'ready' })
    },
    start(changed) {
      const stops = sources.map((source) => source.subscribe(changed))
      return () => stops.forEach((stop) => stop())
    },
  })
})

const trackedPerHost = perObject((host: Host<unknown>) =>
  perObject((readable: Readable<Restore>) => new TrackedReadable(readable, host)),
)

/** The part of a view that tells of it. Each property is tracked. */
export function createPersistedView(
  host: Host<unknown>,
  collection: () => AnyCollection | undefined,
): PersistedView {
  const followed = host.follow(
    host.keep(() => {
      const asked = collection()
      const restore = asked && restoreOf(asked)
      return restore && trackedPerHost(host)(restore)
    }),
  )
  const now = (): Restore => followed()?.get() ?? unavailable
  return {
    get persistedStatus() {
      return now().status
    },
    get isPersistedReady() {
      return now().status === 'ready'
    },
    get persistedError() {
      return now().error
    },
  }
}
