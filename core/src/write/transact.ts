/** Several writes as one: transactions of an app's own, `transact` and `upsert`. */
import { createTransaction } from '@tanstack/db'
import type { StandardSchemaV1 } from '@standard-schema/spec'
import type { Collection, Transaction, UtilsRecord } from '@tanstack/db'
import { RowsignalError } from '../errors.ts'
import type { Database } from '../libraries/powersync.ts'
import {
  ambientTransaction,
  mutateTogether,
  mutateWithin,
  rollbackTogether,
} from '../libraries/together.ts'
import { persist } from './persist.ts'
import { targetOf } from './write-target.ts'

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
