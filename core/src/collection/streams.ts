/**
 * The sync streams that bring the rows of a collection: one for all of it, or those of what is asked for. Each is subscribed
 * to while its rows are wanted; the SDK counts who wants it, in whatever collection, and keeps it for its `ttl` after that.
 */
import type { LoadSubsetOptions } from '@tanstack/db'
import type { SyncMode } from '../capture/follower.ts'
import type { OnLoadSubset } from '../capture/loads.ts'
import type { OnLoad } from '../capture/on-load.ts'
import type { Database } from '../libraries/powersync.ts'
import { keeper } from '../readable/keep.ts'
import { createReadable, type Readable } from '../readable/readable.ts'
import {
  openStream,
  sameStream,
  streamNow,
  type SyncStreamOptions,
  type SyncStreamValue,
} from '../status/sync-status.ts'

/** A sync stream of a collection, as it is now. */
export interface CollectionStream extends SyncStreamValue {
  readonly name: string
  readonly params: Readonly<Record<string, unknown>> | undefined
}

/** The stream of all rows of a collection, or of what a query asks for; undefined for what is there anyway. */
export type StreamOption =
  | SyncStreamOptions
  | ((subset: LoadSubsetOptions) => SyncStreamOptions | undefined)

export class CollectionStreams {
  /** The streams that are open. An equal one is listed once. */
  readonly readable: Readable<readonly CollectionStream[]>
  readonly #database: Database
  readonly #open = new Set<SyncStreamOptions>()
  readonly #listeners = new Set<() => void>()

  constructor(database: Database) {
    this.#database = database
    const keep = keeper(sameStreams)
    this.readable = createReadable({
      get: () => keep(this.#values()),
      start: (changed) => {
        const stop = database.registerListener({ statusChanged: changed })
        this.#listeners.add(changed)
        return () => {
          stop()
          this.#listeners.delete(changed)
        }
      },
    })
  }

  /** Whether all that is open has been downloaded once; of a collection without streams, whether everything has. */
  get synced(): boolean {
    const streams = this.#values()
    if (streams.length === 0) return this.#database.currentStatus.hasSynced === true
    return streams.every(({ hasSynced }) => hasSynced)
  }

  /** Subscribes. @returns How to leave. */
  async open(stream: SyncStreamOptions): Promise<() => void> {
    const leave = await openStream(this.#database, stream)
    const own = { ...stream } // counted by identity: one options object may be opened twice
    this.#open.add(own)
    this.#tell()
    return () => {
      leave()
      this.#open.delete(own)
      this.#tell()
    }
  }

  #tell(): void {
    for (const changed of this.#listeners) changed()
  }

  #values(): readonly CollectionStream[] {
    const streams = new Map<string, CollectionStream>()
    for (const stream of this.#open) {
      const { name, params } = stream
      const key = JSON.stringify([name, params])
      if (streams.has(key)) continue
      streams.set(key, { name, params, ...streamNow(this.#database, stream) })
    }
    return [...streams.values()]
  }
}

function sameStreams(a: readonly CollectionStream[], b: readonly CollectionStream[]): boolean {
  return (
    a.length === b.length &&
    a.every((stream, index) => {
      const other = b[index]!
      return (
        stream.name === other.name &&
        JSON.stringify(stream.params) === JSON.stringify(other.params) &&
        sameStream(stream, other)
      )
    })
  )
}

interface Hooks {
  readonly onLoad: OnLoad | undefined
  readonly onLoadSubset: OnLoadSubset | undefined
}

/** The hooks of a collection with its stream among them. */
export function withStream(
  streams: CollectionStreams,
  { syncMode, stream }: { syncMode: SyncMode; stream: StreamOption | undefined },
  {
    onLoad,
    onLoadSubset,
  }: { onLoad?: OnLoad | undefined; onLoadSubset?: OnLoadSubset | undefined },
): Hooks {
  if (stream === undefined) return { onLoad, onLoadSubset }
  if (typeof stream === 'object' && syncMode !== 'on-demand') {
    return { onLoad: () => both(() => streams.open(stream), onLoad), onLoadSubset }
  }
  return {
    onLoad,
    onLoadSubset(subset) {
      const wanted = typeof stream === 'function' ? stream(subset) : stream
      const open: OnLoad = () => (wanted === undefined ? undefined : streams.open(wanted))
      return both(open, onLoadSubset && (() => onLoadSubset(subset)))
    },
  }
}

/** Runs two hooks as one: what they have opened is ended together, also if one of them fails. */
async function both(first: OnLoad, second: OnLoad | undefined): Promise<() => Promise<void>> {
  const loaded = await Promise.allSettled([run(first), run(second)])
  const end = async (): Promise<void> => {
    const ends = loaded.map(async (one) => one.status === 'fulfilled' && (await one.value?.()))
    for (const ended of await Promise.allSettled(ends)) {
      if (ended.status === 'rejected') throw ended.reason
    }
  }
  for (const one of loaded) {
    if (one.status === 'fulfilled') continue
    await end()
    throw one.reason
  }
  return end
}

async function run(hook: OnLoad | undefined): Promise<Awaited<ReturnType<OnLoad>>> {
  return hook?.()
}
