/**
 * A TanStack transaction -> one SQLite transaction. The promise of a write resolves when SQLite has it and the
 * collection shows it, after one transaction and no wait for a change event.
 */
import { createTransaction } from '@tanstack/db'
import type { LockContext, ResolvedTable } from '@powersync/common'
import type { StandardSchemaV1 } from '@standard-schema/spec'
import type { Collection, PendingMutation, Transaction, UtilsRecord } from '@tanstack/db'
import { captureOf } from '../capture/capture.ts'
import type { RowCodec } from '../codec/codec.ts'
import { RowsignalError } from '../errors.ts'
import { type Database, isServerDatabase } from '../libraries/powersync.ts'
import type { IsOwn } from '../capture/publish.ts'
import { deleteRow, insertRows, touchRows, updateRows } from '../libraries/sql.ts'
import { isReadableId, type SqliteValue } from '../codec/sqlite-values.ts'
import type { FollowedTable } from '../capture/followed-table.ts'
import {
  ambientTransaction,
  type AnyCollection,
  mutateTogether,
  mutateWithin,
  rollbackTogether,
} from '../libraries/tanstack.ts'
import { recordWriteError, watchLock } from './write-errors.ts'

// In the options: known before the collection is, and kept when they, or parts of them, are spread.
const target = Symbol('table')

/** The part of a collection's options that makes it writable by `persist`. */
export function writeTarget(followed: FollowedTable): object {
  return { [target]: followed }
}

function targetOf(collection: AnyCollection): FollowedTable {
  const followed = (collection.config as { [target]?: FollowedTable })[target]
  if (followed !== undefined) return followed
  throw new RowsignalError(
    'not-a-powersync-collection',
    `write: collection \`${collection.id}\` was not made by rowsignal. Persist its mutations in a transaction of their own.`,
  )
}

/**
 * Writes mutations to SQLite in one transaction, in their order, and shows the result in the collections.
 *
 * @throws {RowsignalError} rejects with `mixed-databases`, `metadata-not-tracked`, `column-not-in-schema`,
 * `value-unsupported`, `server-database`, `no-row` when a row to update is gone; with SQLite's own error when a statement
 * fails. Nothing is written then.
 */
export async function persist(
  transaction: Transaction,
  mutations: readonly PendingMutation[],
): Promise<void> {
  const databases = databasesOf(mutations)
  databases.forEach(assertHoldsRows)
  try {
    await write(transaction, mutations)
  } catch (error) {
    for (const database of databases) recordWriteError(database, mutations, error)
    throw error
  }
}

async function write(
  transaction: Transaction,
  mutations: readonly PendingMutation[],
): Promise<void> {
  if (mutations.length === 0) return
  const database = onlyDatabaseOf(mutations)
  const own = new Map<AnyCollection, Set<unknown>>()
  for (const { collection, key } of mutations) {
    const keys = own.get(collection)
    if (keys === undefined) own.set(collection, new Set([key]))
    else keys.add(key)
  }
  const statements = statementsOf(mutations)
  for (const collection of own.keys()) startSync(collection)
  const followed = [...own.keys()].map(targetOf)
  const isOwn: IsOwn = (follower, id) => own.get(follower.collection)?.has(id) ?? false
  const warnMs = Math.min(...followed.map(({ lockWarnMs }) => lockWarnMs))
  const lockGranted = watchLock(database, mutations, warnMs)
  try {
    await captureOf(database).write({
      transaction,
      mutations,
      followed,
      run: async (lock) => {
        lockGranted()
        for (const statement of statements) await run(lock, statement)
        return isOwn
      },
    })
  } finally {
    lockGranted()
  }
}

/** A collection that nobody has read yet has nowhere to show its row once the optimistic one is dropped. */
function startSync(collection: AnyCollection): void {
  try {
    collection.startSyncImmediate()
  } catch {
    // It is just being cleaned up (0.15 throws then): nobody is there to be shown the row, and SQLite takes it all the same.
  }
}

function databasesOf(mutations: readonly PendingMutation[]): Set<Database> {
  return new Set(mutations.map(({ collection }) => targetOf(collection).database))
}

/** Nor is it put on the list of write errors, which would grow with every request of a server. */
function assertHoldsRows(database: Database): void {
  if (!isServerDatabase(database)) return
  throw new RowsignalError(
    'server-database',
    'write: on a server the database of @powersync/web keeps nothing, so the write would be lost. Write in the browser only.',
  )
}

function onlyDatabaseOf(mutations: readonly PendingMutation[]): Database {
  const [database, other] = databasesOf(mutations)
  if (database !== undefined && other === undefined) return database
  throw new RowsignalError(
    'mixed-databases',
    'write: a transaction holds writes to two PowerSync databases, which no SQLite transaction can span. Use one transaction for each.',
  )
}

interface Statement {
  /**
   * `mark`: a delete with metadata, which the core takes as an update of `_deleted`. `touch`: an update that comes to what
   * the row was, which queues nothing.
   */
  readonly action: PendingMutation['type'] | 'mark' | 'touch'
  /** What neighbouring mutations must share to go as one. */
  readonly kind: string
  readonly sql: string
  readonly rows: SqliteValue[][]
}

async function run(lock: LockContext, statement: Statement): Promise<void> {
  const { action, sql, rows } = statement
  if (action === 'delete') {
    await lock.executeBatch(sql, rows)
    return
  }
  const found = await lock.getAll<{ id: string }>(sql, [JSON.stringify(rows)])
  if (action === 'update') assertUpdated(statement, found)
}

/** An update of a row that the sync has taken away meanwhile would be lost without a word. */
function assertUpdated({ kind, rows }: Statement, updated: readonly { id: string }[]): void {
  if (updated.length === rows.length) return
  const ids = new Set(updated.map(({ id }) => id))
  const gone = rows.map(([id]) => id).filter((id) => !ids.has(String(id)))
  throw new RowsignalError(
    'no-row',
    `write: the ${kind} found no row \`${gone.join('`, `')}\`; it was deleted before the write reached SQLite. Nothing was written.`,
  )
}

/** Neighbouring mutations of one table, kind and set of columns go as one statement: n rows are not n messages. */
function statementsOf(mutations: readonly PendingMutation[]): Statement[] {
  const statements: Statement[] = []
  for (const mutation of mutations) {
    const statement = statementOf(mutation)
    const last = statements.at(-1)
    if (last?.kind === statement.kind) last.rows.push(...statement.rows)
    else statements.push(statement)
  }
  return statements
}

function statementOf(mutation: PendingMutation): Statement {
  const { table, codec } = targetOf(mutation.collection)
  const { type } = mutation
  const id = idOf(mutation, table)
  const view = table.viewName
  const metadata = metadataOf(mutation, table)
  if (type === 'delete' && metadata === undefined) {
    return { action: 'delete', kind: `delete of ${view}`, sql: deleteRow(view), rows: [[id]] }
  }
  const action = type === 'delete' ? 'mark' : type
  const values = type === 'delete' ? { _deleted: 1 } : encodeWith(codec, mutation)
  if (type === 'update' && Object.keys(values).length === 0) {
    return {
      action: 'touch',
      kind: `touch of ${view}`,
      sql: touchRows(table.internalName),
      rows: [[id]],
    }
  }
  const row = { ...values, ...metadata }
  const columns = Object.keys(row)
  return {
    action,
    kind: `${action} of ${view} (${columns.join()})`,
    sql: action === 'insert' ? insertRows(view, ['id', ...columns]) : updateRows(view, columns),
    rows: [[id, ...Object.values(row)]],
  }
}

function encodeWith(
  codec: RowCodec,
  { type, modified, changes, original }: PendingMutation,
): Record<string, SqliteValue> {
  return type === 'insert' ? codec.encode(modified) : codec.encode(changes, original)
}

/** By an id that a driver cuts short another row would be written. */
function idOf({ type, key }: PendingMutation, table: ResolvedTable): string {
  if (isReadableId(key)) return key
  throw new RowsignalError(
    'value-unsupported',
    `write: the ${type} of \`${String(key)}\` in table \`${table.name}\` was refused, since SQLite's drivers can't carry this id. ` +
      'Give a text of whole characters without NUL and U+FFFD.',
  )
}

function metadataOf(
  { metadata, collection }: PendingMutation,
  table: ResolvedTable,
): { _metadata: string } | undefined {
  if (metadata === undefined || metadata === null) return undefined
  if (table.trackMetadata) {
    return { _metadata: typeof metadata === 'string' ? metadata : JSON.stringify(metadata) }
  }
  throw new RowsignalError(
    'metadata-not-tracked',
    `write: metadata was given for collection \`${collection.id}\`, but table \`${table.name}\` does not track it. ` +
      'Add `trackMetadata: true` to the table, or leave the metadata out.',
  )
}

/**
 * Persists TanStack transactions of your own to a PowerSync database; the same class as that of
 * `@tanstack/powersync-db-collection`.
 *
 * Use it in the `mutationFn` of a `createTransaction` that does more than write; for writes alone, `transact`.
 *
 * @example
 * const transaction = createTransaction({
 *   autoCommit: false,
 *   mutationFn: ({ transaction }) => new PowerSyncTransactor({ database }).applyTransaction(transaction),
 * })
 */
export class PowerSyncTransactor {
  readonly database: Database

  constructor(options: { database: Database }) {
    this.database = options.database
  }

  /**
   * Resolves when SQLite has the mutations and the collections show them.
   *
   * Cost: one SQLite write transaction.
   *
   * @throws {RowsignalError} rejects with `mixed-databases` when a mutation belongs to another database,
   * `not-a-powersync-collection`, `metadata-not-tracked`, `column-not-in-schema`, `value-unsupported`,
   * `server-database`.
   */
  async applyTransaction(
    transaction: Pick<Transaction, 'mutations' | 'isPersisted'>,
  ): Promise<void> {
    for (const { collection } of transaction.mutations) {
      if (targetOf(collection).database === this.database) continue
      throw new RowsignalError(
        'mixed-databases',
        `write: collection \`${collection.id}\` belongs to another database than the PowerSyncTransactor.`,
      )
    }
    await persist(transaction as Transaction, transaction.mutations)
  }
}

/** What a function that ends before it returns may return. */
type Synchronous<Result> = Result extends PromiseLike<unknown> ? never : Result

/**
 * Runs mutations of several collections as one: one optimistic change, one SQLite transaction, all or nothing.
 *
 * Listeners and bindings see one change. If `mutate` throws, nothing was changed. Inside of another `transact`, or of the
 * `mutate` of a transaction of yours, it is a part of that one, which goes on if you catch what was thrown.
 *
 * @param mutate Not asynchronous: what comes after an `await` would be no part of it. Await before or after it.
 * @returns TanStack DB's transaction, the outer one inside of another; `isPersisted.promise` resolves when SQLite has it.
 * @throws What `mutate` throws. `isPersisted.promise` rejects as that of any write does.
 * @throws {RowsignalError} `transact-asynchronous` when `mutate` is asynchronous.
 * @example
 * transact(() => {
 *   trips.delete(trip.id)
 *   stops.delete(stopIds)
 * })
 */
export function transact<Result>(mutate: () => Synchronous<Result>): Transaction {
  const run = synchronous(mutate)
  const ambient = ambientTransaction()
  if (ambient !== undefined) {
    mutateWithin(ambient, run)
    return ambient
  }
  const transaction = createTransaction({
    autoCommit: false,
    mutationFn: async ({ transaction: committing }) => {
      try {
        await persist(committing, committing.mutations)
      } catch (error) {
        rollbackTogether(transaction, error)
        throw error
      }
    },
  })
  transaction.isPersisted.promise.catch(() => undefined) // on 0.9.2 nobody else would listen to it
  mutateTogether(transaction, run)
  transaction.commit().catch(() => undefined) // the caller learns of it by `isPersisted`
  return transaction
}

/** An asynchronous function is not called, since what comes after its first `await` could not be taken back. */
function synchronous(mutate: () => unknown): () => void {
  const refused = (): RowsignalError =>
    new RowsignalError(
      'transact-asynchronous',
      'write: `transact` was given an asynchronous function, of which only the part before the first `await` would be in the transaction. ' +
        'Nothing was written. Await what you need first, and make all writes in one synchronous function.',
    )
  if (Object.prototype.toString.call(mutate) === '[object AsyncFunction]') throw refused()
  return () => {
    const result = mutate() as { then?: unknown } | null | undefined
    if (typeof result?.then !== 'function') return
    if (result instanceof Promise) result.catch(() => undefined)
    throw refused()
  }
}

/**
 * Inserts the rows that the collection does not hold and updates the others with the columns given, as one change and
 * one SQLite transaction.
 *
 * Wait until the collection is ready: a row of SQLite that it has not read yet would be inserted, which SQLite refuses.
 *
 * @returns TanStack DB's transaction, as that of `transact`.
 * @example
 * upsert(todos, { id, title: 'Pack' })
 */
export function upsert<
  Row extends object,
  Utils extends UtilsRecord,
  Schema extends StandardSchemaV1,
  Input extends object,
>(
  collection: Collection<Row, string, Utils, Schema, Input>,
  rows: NoInfer<Input> | readonly NoInfer<Input>[],
): Transaction {
  return transact(() => {
    for (const row of (Array.isArray(rows) ? rows : [rows]) as Input[]) {
      const { id } = row as unknown as { id: string }
      if (!collection.has(id)) collection.insert(row)
      else collection.update(id, (draft) => void Object.assign(draft, row))
    }
  })
}
