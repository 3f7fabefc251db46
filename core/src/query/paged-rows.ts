/**
 * An ordered live query that is shown from its start, page by page. Its window grows with each page, so that what is
 * shown is always the first rows of the query: a row that comes or goes above moves the others, and none is shown twice
 * or left out. It holds one row more than it shows, which tells whether there is more.
 *
 * The window is that of @tanstack/db's own controller of the official adapters: whoever else shows the same collection
 * asks the same window for its pages, and what is left of it when one leaves is what the others need.
 */
import { createLiveQueryWindowController, fetchNextLiveQueryWindowPage } from '@tanstack/db'
import type { LiveQueryWindowController, LiveQueryWindowSnapshot } from '@tanstack/db'
import type { AnyCollection } from '../libraries/tanstack.ts'
import { type Followable, type Host, TrackedReadable } from '../readable/framework.ts'
import { createReadable, type Stop } from '../readable/readable.ts'
import { whileUsed } from '../readable/while-used.ts'
import type { RowKey } from '../rows/row-collection.ts'

/** How the rows of a collection are cut into pages. */
export interface Paging {
  readonly pageRows: number
  /** What stands for the first page in the snapshot; the next ones count on from it. @default 0 */
  readonly firstParam?: number
  /** How many pages are shown at first. @default 1 */
  readonly pageCount?: number
}

/** What TanStack DB says of the pages. */
export type PagesSnapshot = LiveQueryWindowSnapshot<object, RowKey>

/** The pages of one collection. Starts anew with its first pages when it is followed again. */
export class PagedRows implements Followable {
  readonly pageRows: number
  readonly acquire: () => Stop
  /** All that TanStack DB says; another object at each change of a row. Tracked, as all that follow. */
  readonly snapshot: TrackedReadable<PagesSnapshot, unknown>
  readonly pageCount: TrackedReadable<number, unknown>
  readonly hasMore: TrackedReadable<boolean, unknown>
  readonly isFetching: TrackedReadable<boolean, unknown>
  /** Why the last page could not be read, until the next try. */
  readonly error: TrackedReadable<unknown, unknown>
  readonly #host: Host<unknown>
  #controller: LiveQueryWindowController<object, RowKey>

  /** @param collection A live query with an `orderBy`. */
  constructor(
    collection: AnyCollection,
    { pageRows, firstParam = 0, pageCount = 1 }: Paging,
    host: Host<unknown>,
  ) {
    const create = (): LiveQueryWindowController<object, RowKey> =>
      createLiveQueryWindowController<object, RowKey>(collection, {
        pageSize: pageRows,
        initialPageParam: firstParam,
        initialPageCount: pageCount,
      })
    this.pageRows = pageRows
    this.#host = host
    this.#controller = create()
    this.snapshot = this.#told((snapshot) => snapshot)
    this.pageCount = this.#told(({ pages }) => pages.length)
    this.hasMore = this.#told(({ hasNextPage }) => hasNextPage)
    this.isFetching = this.#told(({ isFetchingNextPage }) => isFetchingNextPage)
    this.error = this.#told(({ error }) => error)
    const told = [this.snapshot, this.pageCount, this.hasMore, this.isFetching, this.error]
    this.acquire = whileUsed(() => {
      const stops = told.map((one) => one.acquire())
      return () => {
        stops.forEach((stop) => stop())
        this.#controller.dispose()
        this.#controller = create()
      }
    })
  }

  /** How many pages are shown now. Untracked. */
  countNow(): number {
    return this.#controller.getSnapshot().pages.length
  }

  /** Reads one more page; resolves also when it can't be read. Followed meanwhile, whoever asks. */
  async fetchMore(): Promise<void> {
    if (this.#host.server) return
    const leave = this.acquire()
    try {
      await fetchNextLiveQueryWindowPage(this.#controller)
    } finally {
      leave()
    }
  }

  #told<T>(read: (snapshot: PagesSnapshot) => T): TrackedReadable<T, unknown> {
    const readable = createReadable({
      get: () => read(this.#controller.getSnapshot()),
      start: (changed) => this.#controller.subscribe(changed),
    })
    return new TrackedReadable(readable, this.#host)
  }
}
