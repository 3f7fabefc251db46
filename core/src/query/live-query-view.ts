/**
 * What `useLiveQuery` of each binding asks and hands out: the answer of a query function as a collection to show, and
 * the view of its rows with the fields of TanStack's own adapters.
 */
import { type RowsWindow } from '../rows/rows-window.ts'
import { type RowCollection, type RowKey } from '../rows/row-collection.ts'
import { BaseQueryBuilder, isCollection, isSingleResultCollection, Query } from '@tanstack/db'
import type { CollectionStatus, ExtractContext, GetResult, SingleResult } from '@tanstack/db'
import { isRowsignalError, RowsignalError } from '../errors.ts'

import { type LiveQueryCollection, shareLiveQuery } from './live-query.ts'
import type { Host } from '../rows/live-rows.ts'
import {
  createRowsView,
  type Followed,
  type RowsView,
  type RowsViewSource,
} from '../rows/rows-view.ts'
import { type Asked, type AskedSource, keepIfSameAsked } from '../rows/shown-collection.ts'
import type { AnyCollection, AnyQuery, AnyRow } from '../libraries/tanstack.ts'

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
export interface LiveQueryView<Answer> extends Pick<
  RowsView<object, RowKey>,
  | 'size'
  | 'isIdle'
  | 'isLoading'
  | 'isReady'
  | 'isError'
  | 'isCleanedUp'
  | 'isPlaceholderData'
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

/**
 * Asks for the answer to what a user gave to `useLiveQuery`.
 *
 * @param read Unwraps the argument; a function is a query function.
 */
export function createQuerySource<Cell>(
  host: Host<Cell>,
  read: () => unknown,
): AskedSource<AnyRow, RowKey> {
  const cell = host.cell()
  let last: Asked<AnyRow, RowKey> = {}
  const answer = (): Asked<AnyRow, RowKey> => {
    try {
      return answerOf(read())
    } catch (cause) {
      return { status: 'error', error: queryFailed(cause) }
    }
  }
  return {
    asked() {
      host.track(cell, undefined)
      return (last = keepIfSameAsked(last, answer()))
    },
    retry: () => host.trigger(cell),
  }
}

function queryFailed(cause: unknown): RowsignalError {
  if (isRowsignalError(cause)) return cause
  return new RowsignalError(
    'query-failed',
    'live-query: the query function threw; the cause says what. It runs again when something that it read changes, and by retry().',
    { cause },
  )
}

function answerOf(given: unknown): Asked<AnyRow, RowKey> {
  const answer = ask(given)
  if (isNothing(answer)) return {}
  if (isCollection(answer)) return { collection: asRows(answer) }
  const isBuilder = answer instanceof BaseQueryBuilder
  const { query, ...options } = (isBuilder ? { query: answer } : answer) as { query?: unknown }
  const built = ask(query)
  if (isNothing(built)) return {}
  return { collection: asRows(shareLiveQuery(built as AnyQuery, options)) }
}

function asRows(collection: AnyCollection): RowCollection<AnyRow, RowKey> {
  return collection as RowCollection<AnyRow, RowKey>
}

function ask(given: unknown): unknown {
  return typeof given === 'function' ? given(new Query()) : given
}

function isNothing(answer: unknown): answer is null | undefined | false {
  return answer === null || answer === undefined || answer === false
}

export interface LiveQueryViewHandle<Answer> extends Followed<AnyRow, RowKey> {
  readonly view: LiveQueryView<Answer>
  /** The collection whose rows the view shows. Tracked. */
  readonly shown: () => RowCollection<AnyRow, RowKey> | undefined
  /** All rows of an answer, or the one of `findOne`. Tracked. */
  readonly rows: () => AnswerRows<Answer>
}

/** The view of a query's rows that a binding turns into refs, accessors or getters. */
export function createLiveQueryView<Answer>(
  source: RowsViewSource<AnyRow, RowKey>,
): LiveQueryViewHandle<Answer> {
  /** On 0.9.2 the collection of a `findOne` holds every row that fits. */
  const window = (): RowsWindow | undefined => (isOne() ? { limit: 1 } : undefined)
  const { view: rowsView, shown, follow, stop } = createRowsView({ ...source, window })
  let state = new Map<RowKey, AnyRow>()
  let stateOf: readonly AnyRow[] | undefined

  const isOne = (): boolean => {
    const collection = shown() as unknown as AnyCollection | undefined
    return collection !== undefined && isSingleResultCollection(collection)
  }
  const bySize = <Row>(rows: readonly Row[]): readonly Row[] | Row | undefined =>
    isOne() ? rows[0] : rows

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
      const { collection, error } = source.asked()
      if (error !== undefined) throw error
      return collection ?? null
    },
  }
  const view = Object.defineProperties({} as LiveQueryView<Answer>, {
    ...Object.getOwnPropertyDescriptors(rowsView),
    ...Object.getOwnPropertyDescriptors(own),
  })
  return { view, shown, rows: () => bySize(rowsView.rows) as AnswerRows<Answer>, follow, stop }
}
