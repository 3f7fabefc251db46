/** What `usePages` of each binding asks and hands out: the rows of a query, page by page. */
import { isLiveQueryWindowCollection, isSingleResultCollection } from '@tanstack/db'
import { isRowsignalError, RowsignalError } from '../errors.ts'
import type { AnyCollection, AnyRow } from '../libraries/tanstack.ts'
import type { Host } from '../readable/framework.ts'
import { withGetters } from '../readable/getters.ts'
import { keepIfSame, noItems } from '../readable/keep.ts'
import type { RowCollection, RowKey } from '../rows/row-collection.ts'
import { createView, type RowsView } from '../rows/rows-view.ts'
import { sourceOf } from '../rows/seeds.ts'
import { shareLiveQuery } from './live-query.ts'
import { type AnswerRow, answerOf, type LiveQueryView, queryFailed } from './live-query-view.ts'
import { PagedRows } from './paged-rows.ts'

export interface PagesOptions {
  /** Rows of a page. @default 20 */
  readonly pageRows?: number | undefined
}

/** What `usePages` gives, in the framework's own shape. Each property is tracked by itself; arrays are frozen. */
export interface PagesView<Answer> extends Omit<
  RowsView<AnswerRow<Answer> & object, RowKey>,
  'rows' | 'data' | 'keys' | 'size' | 'status'
> {
  /** Live rows of all pages: the same array until rows come, go or move. */
  readonly rows: readonly Readonly<AnswerRow<Answer>>[]
  /** The same rows page by page: each the same array until its own rows come, go or move. None is empty. */
  readonly pages: readonly (readonly Readonly<AnswerRow<Answer>>[])[]
  /** The same rows as plain objects: a new array whenever one of them changes or moves. Made only if read. */
  readonly data: readonly AnswerRow<Answer>[]
  readonly keys: readonly RowKey[]
  readonly status: LiveQueryView<Answer>['status']
  /** Whether the query has rows after those of the pages. False while the first page is read. */
  readonly hasMore: boolean
  readonly isFetchingMore: boolean
  /**
   * Why the status is `error`, or `query-failed` with what kept a page from being read: the rows of the pages before it
   * stay then, and the status is what it was.
   */
  readonly error: RowsignalError | undefined
  /** Has what failed try again, also a page. */
  readonly retry: () => void
  /**
   * Shows one page more; nothing happens when there is none, and a second call waits for the page that is being read.
   * Resolves when its rows are there, or `error` says why not.
   */
  readonly fetchMore: () => Promise<void>
}

interface AskedPages {
  readonly collection?: RowCollection<AnyRow, RowKey> | undefined
  readonly paged?: PagedRows | undefined
  readonly error?: RowsignalError
}

const defaultPageRows = 20

/**
 * The view of a query's pages that a binding turns into refs, accessors or getters.
 *
 * @param read Unwraps what a user gave to `usePages`, as that of `createLiveQueryView`.
 */
export function createPagesView<Answer>(
  host: Host<unknown>,
  read: () => unknown,
  options: () => PagesOptions | undefined,
): PagesView<Answer> {
  const retried = host.cell()
  const pagesOf = new WeakMap<object, PagedRows>()

  const page = (collection: RowCollection<AnyRow, RowKey>, pageRows: number): PagedRows => {
    let paged = pagesOf.get(collection)
    if (paged?.pageRows !== pageRows) {
      paged = new PagedRows(collection as unknown as AnyCollection, { pageRows }, host)
      pagesOf.set(collection, paged)
    }
    return paged
  }

  const ask = (): AskedPages => {
    host.track(retried, undefined)
    try {
      const pageRows = checkedRows(options()?.pageRows)
      const collection = askForPages(read(), pageRows)
      return collection === undefined ? {} : { collection, paged: page(collection, pageRows) }
    } catch (cause) {
      return { error: queryFailed(cause) }
    }
  }

  const asked = host.keep(ask)
  // Before the rows are followed: a collection that is given starts with the window that is wanted.
  const askedPages = host.follow(host.keep(() => asked().paged))
  const { view, shownRows } = createView(host, {
    ask: asked,
    retry: () => host.trigger(retried),
    window: (shown) => {
      const paged = pagesOf.get(shown)!
      return { limit: paged.pageCount.get() * paged.pageRows }
    },
  })
  // What is shown until the pages that are asked for have rows keeps its own.
  const shownPages = host.follow(
    host.keep(() => {
      const shown = shownRows()
      return shown && pagesOf.get(sourceOf(shown.collection))
    }),
  )
  const fetchMore = async (): Promise<void> => askedPages()?.fetchMore()
  let pages: readonly (readonly AnyRow[])[] = noItems
  let failed: RowsignalError | undefined

  const own = {
    get pages() {
      const paged = shownPages()
      return (pages = paged === undefined ? noItems : cut(view.rows, paged.pageRows, pages))
    },
    get hasMore() {
      return askedPages()?.hasMore.get() ?? false
    },
    get isFetchingMore() {
      return askedPages()?.isFetching.get() ?? false
    },
    get error() {
      const cause = askedPages()?.error.get()
      if (view.isError || cause === undefined) return view.error
      if (failed?.cause !== cause) failed = pageFailed(cause)
      return isRowsignalError(cause) ? cause : failed
    },
    retry() {
      if (!view.isError && askedPages()?.error.get() !== undefined) void fetchMore()
      else view.retry()
    },
    fetchMore,
  }
  const { size: _, ...shown } = Object.getOwnPropertyDescriptors(view)
  return withGetters(Object.defineProperties({}, shown), own) as unknown as PagesView<Answer>
}

function checkedRows(pageRows = defaultPageRows): number {
  if (Number.isSafeInteger(pageRows) && pageRows > 0) return pageRows
  throw new RowsignalError(
    'query-failed',
    `pages: \`pageRows\` is ${pageRows}, and must be a whole number above 0.`,
  )
}

/** The collection of a query's first page, or the one that was given. */
function askForPages(given: unknown, pageRows: number): RowCollection<AnyRow, RowKey> | undefined {
  const collection = answerOf(given, (query, options) => {
    const first = query.limit(pageRows + 1) as { offset(count: number): typeof query }
    return shareLiveQuery(first.offset(0), options)
  })
  if (collection === undefined) return undefined
  const shown = collection as unknown as AnyCollection
  if (isLiveQueryWindowCollection(shown) && !isSingleResultCollection(shown)) return collection
  throw new RowsignalError(
    'query-failed',
    'pages: they need an order and more than one row: a query, or a collection of one, with `orderBy` and without `findOne`.',
  )
}

/** Rows in pages; each is the one before if that has the same rows. */
function cut(
  rows: readonly AnyRow[],
  pageRows: number,
  before: readonly (readonly AnyRow[])[],
): readonly (readonly AnyRow[])[] {
  const pages = Array.from({ length: Math.ceil(rows.length / pageRows) }, (_, index) =>
    keepIfSame(before[index] ?? noItems, rows.slice(index * pageRows, (index + 1) * pageRows)),
  )
  return keepIfSame(before, pages)
}

function pageFailed(cause: unknown): RowsignalError {
  return new RowsignalError(
    'query-failed',
    'pages: the next page could not be read; the cause says why. The rows before it stay, fetchMore() or retry() tries again.',
    { cause },
  )
}
