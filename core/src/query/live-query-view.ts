/**
 * What `useLiveQuery` of each binding asks and hands out: the answer of a query function as a collection to show, and
 * the view of its rows with the fields of TanStack's own adapters.
 */
import { BaseQueryBuilder, isCollection, isSingleResultCollection, Query } from '@tanstack/db'
import type { CollectionStatus, ExtractContext, GetResult, SingleResult } from '@tanstack/db'
import { isRowsignalError, RowsignalError } from '../errors.ts'
import type { AnyCollection, AnyQuery, AnyRow } from '../libraries/tanstack.ts'
import type { Host } from '../readable/framework.ts'
import { withGetters } from '../readable/getters.ts'
import type { RowCollection, RowKey } from '../rows/row-collection.ts'
import { createView, type RowsView } from '../rows/rows-view.ts'
import { sourceOf } from '../rows/seeds.ts'
import type { Asked } from '../rows/shown-collection.ts'
import { type LiveQueryCollection, shareLiveQuery } from './live-query.ts'
import { createPersistedView, type PersistedView } from './persisted.ts'

/** What a query function may return. Nothing: the query is disabled. */
export type QueryAnswer = AnyQuery | AnyCollection | null | undefined | false

type Given<Answer> = Exclude<Answer, null | undefined | false>

/** `Value` if the answer may be nothing. */
type IfDisabled<Answer, Value> = Answer extends null | undefined | false ? Value : never

/** One row of the answer, as the query builder types it. */
export type AnswerRow<Answer> =
  Given<Answer> extends AnyCollection
    ? NonNullable<ReturnType<Given<Answer>['get']>>
    : GetResult<ExtractContext<Given<Answer>>>

type AnswerKey<Answer> =
  Given<Answer> extends { keys(): Iterable<infer Key extends RowKey> } ? Key : RowKey

type AnswerCollection<Answer> =
  Given<Answer> extends AnyCollection
    ? Given<Answer>
    : LiveQueryCollection<ExtractContext<Given<Answer>>>

/** `One` for `findOne`, `Many` for any other answer. */
type BySize<Answer, One, Many> =
  Given<Answer> extends AnyCollection
    ? Given<Answer> extends SingleResult
      ? One
      : Many
    : ExtractContext<Given<Answer>> extends SingleResult
      ? One
      : Many

/** What there is for the one row of `findOne` while the query is disabled: an empty array, as for any query. */
type NoRow<Answer> = readonly [] & { readonly [Column in keyof AnswerRow<Answer>]?: undefined }

/** The live rows of an answer: an array, or one for `findOne`; an empty array while the query is disabled. */
export type AnswerRows<Answer> = BySize<
  Answer,
  Readonly<AnswerRow<Answer>> | undefined | IfDisabled<Answer, NoRow<Answer>>,
  readonly Readonly<AnswerRow<Answer>>[]
>

/** What `useLiveQuery` gives, in the framework's own shape. Each property is tracked by itself. */
export interface LiveQueryView<Answer>
  extends
    PersistedView,
    Pick<
      RowsView<object, RowKey>,
      | 'size'
      | 'isIdle'
      | 'isLoading'
      | 'isReady'
      | 'isError'
      | 'isCleanedUp'
      | 'isPlaceholderData'
      | 'isSeed'
      | 'error'
      | 'retry'
    > {
  /** Live rows, at most one for `findOne`: the same array until rows come, go or move. */
  readonly rows: readonly Readonly<AnswerRow<Answer>>[]
  /** Plain rows, or one for `findOne`; an empty array while the query is disabled, as of TanStack's adapters. */
  readonly data:
    | BySize<Answer, AnswerRow<Answer> | undefined, readonly AnswerRow<Answer>[]>
    | BySize<Answer, IfDisabled<Answer, NoRow<Answer>>, never>
  /** Plain rows by key, in order: a new map whenever one of them changes or moves. Made only if read, for this view. */
  readonly state: ReadonlyMap<AnswerKey<Answer>, AnswerRow<Answer>>
  readonly keys: readonly AnswerKey<Answer>[]
  /**
   * The collection that holds the result, null while the query is disabled.
   *
   * @throws {RowsignalError} `query-failed` while the query function throws, so that there is none.
   */
  readonly collection: AnswerCollection<Answer> | IfDisabled<Answer, null>
  /** The status of the query that is asked for now. */
  readonly status: CollectionStatus | IfDisabled<Answer, 'disabled'>
}

/** What a query function threw, as the error of a view. */
export function queryFailed(cause: unknown): RowsignalError {
  if (isRowsignalError(cause)) return cause
  return new RowsignalError(
    'query-failed',
    'live-query: the query function threw; the cause says what. It runs again when something that it read changes, and by retry().',
    { cause },
  )
}

/**
 * The collection to show for what a user gave to a hook; undefined while that is nothing.
 *
 * @param share Makes the collection of a query; one that is given as it is is shown as it is.
 */
export function answerOf(
  given: unknown,
  share: typeof shareLiveQuery = shareLiveQuery,
): RowCollection<AnyRow, RowKey> | undefined {
  const answer = askQuery(given)
  if (isNothing(answer)) return undefined
  if (isCollection(answer)) return asRows(answer)
  const isBuilder = answer instanceof BaseQueryBuilder
  const { query, ...options } = (isBuilder ? { query: answer } : answer) as { query?: unknown }
  const built = askQuery(query)
  return isNothing(built) ? undefined : asRows(share(built as AnyQuery, options))
}

function asRows(collection: AnyCollection): RowCollection<AnyRow, RowKey> {
  return collection as RowCollection<AnyRow, RowKey>
}

/** What a query function answers; anything else is its own answer. */
export function askQuery(given: unknown): unknown {
  return typeof given === 'function' ? given(new Query()) : given
}

export function isNothing(answer: unknown): answer is null | undefined | false {
  return answer === null || answer === undefined || answer === false
}

/**
 * The view of a query's rows that a binding turns into refs, accessors or getters.
 *
 * @param read Unwraps what a user gave to `useLiveQuery`; a function is a query function. It runs again when something
 * that it read changes, and by `retry()` after it threw.
 * @returns With it, tracked: all rows of an answer, or the one of `findOne`.
 */
export function createLiveQueryView<Answer>(
  host: Host<unknown>,
  read: () => unknown,
): { readonly view: LiveQueryView<Answer>; readonly rows: () => AnswerRows<Answer> } {
  const retried = host.cell()
  const ask = (): Asked<AnyRow, RowKey> => {
    host.track(retried, undefined)
    try {
      return { collection: answerOf(read()) }
    } catch (cause) {
      return { error: queryFailed(cause) }
    }
  }
  const {
    view: rowsView,
    asked,
    shownRows,
  } = createView(host, {
    ask,
    retry: () => host.trigger(retried),
    // On 0.9.2 the collection of a `findOne` holds every row that fits.
    window: (shown) => (isSingle(shown) ? { limit: 1 } : undefined),
  })
  const isOne = (): boolean => {
    const shown = shownRows()?.collection
    return shown !== undefined && isSingle(sourceOf(shown))
  }
  const bySize = <Row>(rows: readonly Row[]): readonly Row[] | Row | undefined =>
    isOne() ? rows[0] : rows
  let state = new Map<RowKey, AnyRow>()
  let stateOf: readonly AnyRow[] | undefined

  const own = {
    get data() {
      return bySize(rowsView.data)
    },
    get size() {
      return isOne() ? rowsView.keys.length : rowsView.size
    },
    get state() {
      const { data, keys } = rowsView
      if (stateOf !== data) state = new Map(data.map((row, index) => [keys[index] as RowKey, row]))
      stateOf = data
      return state
    },
    get collection() {
      const { collection, error } = asked()
      if (error !== undefined) throw error
      return collection ?? null
    },
  }
  const persisted = createPersistedView(
    host,
    () => asked().collection as unknown as AnyCollection | undefined,
  )
  const view = withGetters(
    withGetters(rowsView, persisted),
    own,
  ) as unknown as LiveQueryView<Answer>
  return { view, rows: () => bySize(rowsView.rows) as AnswerRows<Answer> }
}

function isSingle(collection: RowCollection<AnyRow, RowKey>): boolean {
  return isSingleResultCollection(collection as unknown as AnyCollection)
}
