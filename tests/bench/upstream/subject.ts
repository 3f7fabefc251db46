/** `@tanstack/powersync-db-collection` 0.1.69 with the @tanstack/db that it pins. */
import type { CommonPowerSyncDatabase } from '@powersync/common'
import {
  type Collection as DbCollection,
  createCollection,
  createLiveQueryCollection,
  createTransaction,
  eq,
} from '@tanstack/db'
import { powerSyncCollectionOptions, PowerSyncTransactor } from '@tanstack/powersync-db-collection'
import { schema } from '../schema.ts'
import { type Subject, watchJoined, whenTrue } from '../subject.ts'

/** It calls the logger of PowerSync 1; without these methods it never becomes ready on PowerSync 2. */
export function shimLogger(logger: object): void {
  const failed: string[] = []
  const method = (): void => undefined
  Object.assign(logger, {
    debug: method,
    info: method,
    warn: method,
    trace: method,
    error: (...args: unknown[]) => failed.push(args.map(String).join(' ')),
  })
}

function collectionOf(
  database: CommonPowerSyncDatabase,
  table: keyof typeof schema.props,
): Collection {
  const options = { database: database as never, table: schema.props[table] as never }
  return createCollection(
    // Collected after five minutes, by default, it throws on a database that is closed by then.
    powerSyncCollectionOptions({ ...options, syncBatchSize: 1000, gcTime: 0 }),
  ) as unknown as Collection
}

export const upstream: Subject = {
  name: 'upstream',
  async open(database) {
    shimLogger(database.logger)
    const places = collectionOf(database, 'places')
    const countries = collectionOf(database, 'countries')
    await Promise.all([places.stateWhenReady(), countries.stateWhenReady()])
    let join: Collection | undefined
    let shownInJoin: ((note: string) => Promise<void>) | undefined

    return {
      size: () => places.size,
      insert: async (row) => void (await places.insert(row).isPersisted.promise),
      async update(id, note) {
        const transaction = places.update(id, (draft) => {
          draft.note = note
        })
        await transaction.isPersisted.promise
      },
      async insertMany(rows) {
        const transaction = createTransaction({
          autoCommit: false,
          mutationFn: ({ transaction }) =>
            new PowerSyncTransactor({ database }).applyTransaction(transaction),
        })
        transaction.mutate(() => places.insert(rows))
        await transaction.commit()
      },
      async join(id) {
        const joined = createLiveQueryCollection((q) =>
          q
            .from({ place: places as never as TypedCollection })
            .innerJoin({ country: countries as never as TypedCollection }, ({ place, country }) =>
              eq(place.country, country.id),
            )
            .select(({ place, country }) => ({
              id: place.id,
              note: place.note,
              country: country.note,
            })),
        )
        join = joined as never as Collection
        await join.preload()
        shownInJoin = watchJoined(join, id)
      },
      async outside(write, { ids, note }) {
        const last = ids.at(-1)!
        const shown =
          shownInJoin === undefined
            ? whenTrue(places, () => places.get(last)?.note === note)
            : shownInJoin(note)
        await write()
        await shown
      },
      // Its clean-up goes on after `cleanup()` has resolved and dies of a database that closes meanwhile.
      close: async () => undefined,
    }
  },
  start(database) {
    shimLogger(database.logger)
    const places = collectionOf(database, 'places')
    const ready = places.stateWhenReady()
    return {
      insert: async (row) => void (await places.insert(row).isPersisted.promise),
      shown: () => whenTrue(places, () => places.size > 0),
      ready: async () => void (await ready),
    }
  },
}

type TypedCollection = DbCollection<{ id: string; note: string; country: string }, string>

/** The part of a collection that is used here; the package's own types need PowerSync 1. */
interface Collection {
  readonly size: number
  entries(): Iterable<[unknown, { id: string; note: string; country: string }]>
  get(key: string): { id: string; note: string; country: string } | undefined
  insert(rows: object): { isPersisted: { promise: Promise<unknown> } }
  update(
    key: string,
    change: (draft: { note: string }) => void,
  ): { isPersisted: { promise: Promise<unknown> } }
  stateWhenReady(): Promise<unknown>
  preload(): Promise<void>
  subscribeChanges(
    listener: () => void,
    options?: { includeInitialState: boolean },
  ): { unsubscribe(): void }
}
