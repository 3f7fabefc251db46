/**
 * What `useLiveInfiniteQuery` of each binding hands out: the arguments and fields of vue-db and svelte-db on the pages of
 * this library. What they check and compare is asked of the same functions of @tanstack/db, so that it stays theirs.
 */
import {
  assertLiveQueryWindowManyResult,
  compareLiveQueryWindowDependencies,
  getLiveQueryWindowCollectionWarning,
  normalizeLiveQueryWindowPageSize,
  type ResolvedLiveQueryWindowInput,
  resolveLiveQueryWindowInput,
  shouldPreserveLiveQueryWindowPageCount,
} from '@tanstack/db'
import type { Collection, CollectionStatus, Context, QueryBuilder } from '@tanstack/db'
import type { AnyCollection, AnyQuery } from '../libraries/tanstack.ts'
import type { Host } from '../readable/framework.ts'
import { Asking, withAsking } from '../rows/arrival.ts'
import { liveRows } from '../rows/live-rows.ts'
import type { RowCollection, RowKey } from '../rows/row-collection.ts'
import { RowsPart } from '../rows/rows-window.ts'
import { ownLiveQuery } from './live-query.ts'
import { PagedRows, type PagesSnapshot } from './paged-rows.ts'

export interface InfiniteQueryConfig {
  /** Rows of a page; 20 for what is no whole number above 0. @default 20 */
  readonly pageSize?: number | undefined
  /** The param of the first page, a label: the next ones count on from it. @default 0 */
  readonly initialPageParam?: number | undefined
}

/** What `useLiveInfiniteQuery` gives, in the framework's own shape. */
export interface InfiniteQueryView<
  Row extends object,
  Key extends RowKey = RowKey,
  Shown = Collection<Row, Key>,
> {
  /** Live rows of all pages, for templates: the same array until rows come, go or move. */
  readonly rows: readonly Readonly<Row>[]
  /** Plain rows of all pages. This and what follows is what the official adapters give. */
  readonly data: Row[]
  readonly pages: Row[][]
  /** The label of each page. */
  readonly pageParams: number[]
  /** All rows that were read by key, also the one after the last page. */
  readonly state: Map<Key, Row>
  readonly collection: Shown
  /** That of the collection, or `error` when a page could not be read. */
  readonly status: CollectionStatus
  readonly isLoading: boolean
  readonly isReady: boolean
  readonly isIdle: boolean
  readonly isError: boolean
  readonly isCleanedUp: boolean
  readonly hasNextPage: boolean
  readonly isFetchingNextPage: boolean
  /** Why the last page could not be read, until the next try. */
  readonly error: unknown
  /** Shows one page more; resolves when it is there, or `error` says why not. */
  readonly fetchNextPage: () => Promise<void>
}

/** What a user gave to `useLiveInfiniteQuery`; each is called when it is needed, and tracked. */
export interface InfiniteQuerySource {
  /** A query function, or a collection. */
  readonly input: () => unknown
  readonly config: () => InfiniteQueryConfig
  /** Another value starts the query anew. */
  readonly dependencies: () => readonly unknown[]
}

interface Started {
  readonly input: ResolvedLiveQueryWindowInput<Context>
  readonly dependencies: readonly unknown[]
  readonly pageRows: number
  readonly firstParam: number
  readonly collection: AnyCollection
  readonly paged: PagedRows
}

/** As of the official adapters: a query that has ended is not kept. */
const endsAtOnce = { startSync: false, gcTime: 1 }

/**
 * The view that a binding turns into refs, accessors or getters.
 *
 * @throws What the query function throws, and `Error` as the official adapters do: for an input that is neither a query
 * function nor a collection, without an order, or of one row.
 */
export function createInfiniteQueryView<Row extends object, Key extends RowKey>(
  host: Host<unknown>,
  { input: readInput, config, dependencies: readDependencies }: InfiniteQuerySource,
): InfiniteQueryView<Row, Key> {
  let before: Started | undefined
  /** The last collection that was given: it has been warned of. */
  let checked: AnyCollection | undefined
  const started = host.keep((): Started => {
    const given = config()
    if ('getNextPageParam' in given) throw new Error(noNextPageParam)
    const { pageSize, initialPageParam: firstParam = 0 } = given
    const next = {
      dependencies: [...readDependencies()],
      pageRows: normalizeLiveQueryWindowPageSize(pageSize),
      firstParam,
      input: resolveLiveQueryWindowInput<Context>(readInput()),
    }
    const pageCount = pagesToKeep(before, next)
    const collection = collectionOf(next, checked)
    if (next.input.kind === 'collection') checked = collection
    const { pageRows } = next
    const paged = new PagedRows(collection, { pageRows, firstParam, pageCount }, host)
    return (before = { ...next, collection, paged })
  })
  started() // throws here what it throws
  const paged = host.follow(host.keep(() => started().paged))
  const asked: Asking = new Asking(host, () => ({ rows: followedRows(), error: undefined }))
  const followedRows = host.follow(
    host.keep(() => liveRows<Row, Key, unknown>(asRows(started().collection), host)),
    asked,
  )
  const snapshot = (): PagesSnapshot => paged()!.snapshot.get()
  const part = new RowsPart<Row, Key>(followedRows, () => {
    const { pageCount, pageRows } = paged()!
    return { limit: pageCount.get() * pageRows }
  })
  const view = {
    get rows() {
      return part.rows()
    },
    get hasNextPage() {
      return paged()!.hasMore.get()
    },
    get isFetchingNextPage() {
      return paged()!.isFetching.get()
    },
    get error() {
      return paged()!.error.get()
    },
    fetchNextPage: async (): Promise<void> => paged()!.fetchMore(),
  }
  for (const name of fields) {
    Object.defineProperty(view, name, { get: () => snapshot()[name], enumerable: true })
  }
  return withAsking(view, asked) as unknown as InfiniteQueryView<Row, Key>
}

const fields = [
  'state',
  'data',
  'collection',
  'status',
  'isLoading',
  'isReady',
  'isIdle',
  'isError',
  'isCleanedUp',
  'pages',
  'pageParams',
] as const satisfies readonly (keyof PagesSnapshot)[]

const noNextPageParam =
  'getNextPageParam is not supported by useLiveInfiniteQuery. Use an on-demand collection and fulfill meta.loadSubsetOptions in queryFn for server pagination.'

type Next = Omit<Started, 'collection' | 'paged'>

/** How many pages are shown at once: those of before if it is the same query, cut or labelled in another way. */
function pagesToKeep(before: Started | undefined, next: Next): number {
  const { changed, structurallyEqual } = compareLiveQueryWindowDependencies(
    before?.dependencies,
    next.dependencies,
  )
  const isKept = shouldPreserveLiveQueryWindowPageCount({
    hasPreviousController: before !== undefined,
    previousInputKind: before?.input.kind,
    inputKind: next.input.kind,
    sameCollection:
      next.input.kind === 'collection' && before?.collection === next.input.collection,
    dependenciesChanged: changed,
    dependenciesStructurallyEqual: structurallyEqual,
    pageShapeChanged: before?.pageRows !== next.pageRows || before.firstParam !== next.firstParam,
  })
  return isKept && before !== undefined ? Math.max(1, before.paged.countNow()) : 1
}

function collectionOf(
  { input, pageRows }: Next,
  checked: AnyCollection | undefined,
): AnyCollection {
  if (input.kind === 'query') return firstPageOf(input.query, pageRows)
  const { collection } = input
  const warning = getLiveQueryWindowCollectionWarning(collection, pageRows + 1)
  // oxlint-disable-next-line no-console -- as the official adapters do
  if (warning !== undefined && checked !== collection) console.warn(warning)
  return collection
}

function firstPageOf(query: QueryBuilder<Context>, pageRows: number): AnyCollection {
  const first = query.limit(pageRows + 1).offset(0) as unknown as AnyQuery
  const collection = ownLiveQuery(first, endsAtOnce)
  assertLiveQueryWindowManyResult(collection)
  return collection
}

function asRows<Row extends object, Key extends RowKey>(
  collection: AnyCollection,
): RowCollection<Row, Key> {
  return collection as RowCollection<Row, Key>
}
