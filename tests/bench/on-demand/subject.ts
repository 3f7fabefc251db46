/** What is measured: the same demands of ours, of upstream's, and of the two floors. */
import type { CommonPowerSyncDatabase } from '@powersync/common'
import type * as Db from '@tanstack/db'
import { whenTrue } from '../subject.ts'
import type { Place } from './schema.ts'

export interface Subject {
  open(database: CommonPowerSyncDatabase): Opened
}

export interface Opened {
  /** Shows the places of a batch. */
  batch(batch: number): Promise<Shown>
  /** Shows the most populous places, so many. */
  page(rows: number): Promise<Page>
  /** Shows the most populous places whose name begins so, up to 50. */
  search(prefix: string): Promise<Shown>
  /** How many rows are in memory. */
  size(): number
  close(): Promise<void>
}

export interface Shown {
  readonly size: () => number
  /** Resolves when a place is shown with this note, which is about to be written. */
  shows(id: string, note: string): () => Promise<void>
  close(): Promise<void>
}

export interface Page extends Shown {
  /** Shows so many more. */
  more(rows: number): Promise<void>
}

/** Where the texts end that begin so. */
export function after(prefix: string): string {
  return prefix.slice(0, -1) + String.fromCharCode(prefix.charCodeAt(prefix.length - 1) + 1)
}

/** By live queries of TanStack DB, of either version, over a collection that loads what they ask for. */
export function byQueries(db: typeof Db, places: Db.Collection<Place, string>): Opened {
  const live = async (query: (q: Db.InitialQueryBuilder) => unknown) => {
    const collection = db.createLiveQueryCollection({
      query: query as never,
      gcTime: 1,
    }) as unknown as Db.Collection<Place, string> & {
      utils: { setWindow(window: { offset: number; limit: number }): true | Promise<void> }
    }
    const subscription = collection.subscribeChanges(() => undefined)
    await collection.preload()
    return {
      collection,
      size: () => collection.size,
      shows(id: string, note: string) {
        const shown = whenTrue(collection, () => collection.get(id)?.note === note)
        return () => shown
      },
      async close() {
        subscription.unsubscribe()
        await collection.cleanup()
      },
    }
  }
  return {
    batch: (batch) =>
      live((q) => q.from({ place: places }).where(({ place }) => db.eq(place.batch, batch))),
    async page(rows) {
      const { collection, ...shown } = await live((q) =>
        q
          .from({ place: places })
          .orderBy(({ place }) => place.population, 'desc')
          .limit(rows),
      )
      return {
        ...shown,
        async more(next) {
          await collection.utils.setWindow({ offset: 0, limit: collection.size + next })
        },
      }
    },
    search: (prefix) =>
      live((q) =>
        q
          .from({ place: places })
          .where(({ place }) =>
            db.and(db.gte(place.search, prefix), db.lt(place.search, after(prefix))),
          )
          .orderBy(({ place }) => place.population, 'desc')
          .limit(50),
      ),
    size: () => places.size,
    close: () => places.cleanup(),
  }
}
