/**
 * Several collections changed as one: a publication, a write, or taking one back. By itself TanStack DB goes from
 * collection to collection, and a live query that runs in between shows half of it. Run on 0.9.2 and 0.15.2.
 */
import { createTransaction, getActiveTransaction } from '@tanstack/db'
import type { PendingMutation, Transaction, TransactionWithMutations } from '@tanstack/db'
import { attempt, reportToPlatform, RowsignalError } from '../errors.ts'
import { batch } from '../readable/readable.ts'
import { type AnyCollection, recompute } from './tanstack.ts'

const publications = new WeakSet<Transaction>()

/** The transaction that a write made now would join: somebody's `mutate` runs. A publication's own is nobody's. */
export function ambientTransaction(): Transaction | undefined {
  const active = getActiveTransaction()
  return active !== undefined && publications.has(active) ? undefined : active
}

/**
 * Runs sync commits of several collections as one change: live queries over them run once, after the last one.
 *
 * Inside `mutate` of a transaction TanStack DB puts the runs of live queries off until its end (run on both versions:
 * without it a join shows half a SQLite commit). The price is that the transaction is ambient meanwhile, so a write
 * that a subscriber makes lands in it; `persistByHandlers` hands that write to its collection.
 *
 * Each commit is caught apart: a subscriber that throws must not leave the next table stale.
 *
 * @returns The errors that were thrown, mostly by subscribers.
 */
export function publishTogether(commits: readonly (() => void)[]): unknown[] {
  const errors: unknown[] = []
  const collect = (run: () => void): void => {
    try {
      run()
    } catch (error) {
      errors.push(error)
    }
  }
  const transaction = createTransaction({ autoCommit: false, mutationFn: persistByHandlers })
  publications.add(transaction)
  batch(() => collect(() => transaction.mutate(() => commits.forEach(collect))))
  // Ended by commit also when it is empty: on 0.9.2 the rollback of an empty one rejects without a listener. The
  // subscriber that wrote holds the transaction and its rejection.
  transaction.isPersisted.promise.catch(() => undefined)
  transaction.commit().catch(() => undefined)
  return errors
}

/**
 * Runs `mutate` in a transaction as one change. If it throws, nothing was changed, and live queries saw nothing: they run
 * at the end of `Transaction.mutate`, so what it did is taken back before that. By itself TanStack DB goes from collection
 * to collection (0.15.2), or takes nothing back (0.9.2).
 *
 * @throws What `mutate` throws.
 */
export function mutateTogether(transaction: Transaction, mutate: () => void): void {
  let failure: { error: unknown } | undefined
  const fail = (error: unknown): void => {
    if (failure !== undefined) return
    failure = { error }
    // Alone: what others hold of the same rows does not rest on it, for it was never there.
    rollbackTogether(transaction, error, { isSecondaryRollback: true })
  }
  const mutateOrFail = (): void => {
    try {
      mutate()
    } catch (error) {
      fail(error)
    }
  }
  batch(() => {
    try {
      transaction.mutate(mutateOrFail)
    } catch (error) {
      fail(error) // of a live query's subscriber
    }
  })
  if (failure !== undefined) throw failure.error
}

/**
 * Runs `mutate` as a part of a transaction whose own `mutate` runs. If it throws, what it did is taken back, and the rest
 * of the transaction stays. Live queries see the end of the whole.
 *
 * @throws What `mutate` throws.
 */
export function mutateWithin(transaction: Transaction, mutate: () => void): void {
  const { mutations } = transaction
  const before = [...mutations] // they are replaced when they merge, and never changed
  batch(() => {
    try {
      mutate()
    } catch (error) {
      const touched = new Set([...before, ...mutations].map(({ collection }) => collection))
      mutations.splice(0, mutations.length, ...before)
      for (const collection of touched) {
        attempt(() => recompute(collection))
      }
      throw error
    }
  })
}

/**
 * Rolls a transaction back as one change: by itself TanStack DB goes from collection to collection, and a join that runs
 * in between shows half of it.
 *
 * @param options TanStack DB's: `isSecondaryRollback` leaves alone the transactions of others that hold the same rows.
 */
export function rollbackTogether(
  transaction: Transaction,
  cause: unknown,
  options?: Parameters<Transaction['rollback']>[0],
): void {
  const error = cause instanceof Error ? cause : new Error(String(cause), { cause })
  transaction.error = { message: error.message, error } // what `isPersisted` rejects with
  publishTogether([() => void transaction.rollback(options)]).forEach(reportToPlatform)
}

const handlers = { insert: 'onInsert', update: 'onUpdate', delete: 'onDelete' } as const

/** Persists what subscribers wrote during a publication, each collection by its own handlers. */
export async function persistByHandlers({
  transaction,
}: {
  transaction: TransactionWithMutations
}): Promise<void> {
  const groups = new Map<string, PendingMutation[]>()
  for (const mutation of transaction.mutations) {
    const name = `${mutation.type} ${mutation.collection.id}`
    const group = groups.get(name)
    if (group === undefined) groups.set(name, [mutation])
    else group.push(mutation)
  }
  // All of them, also when one fails: subscribers know nothing of each other.
  const results = await Promise.allSettled(
    [...groups.values()].map((mutations) => persistGroup(transaction, mutations)),
  )
  const failed = results.find((result) => result.status === 'rejected')
  if (failed !== undefined) throw failed.reason
}

async function persistGroup(
  transaction: TransactionWithMutations,
  mutations: PendingMutation[],
): Promise<void> {
  const { collection, type } = mutations[0]!
  const handler = collection.config[handlers[type]] as
    | ((parameters: { transaction: object; collection: AnyCollection }) => Promise<unknown>)
    | undefined
  if (handler === undefined) {
    throw new RowsignalError(
      'no-handler',
      `publish: a subscriber wrote to collection \`${collection.id}\`, which has no ${handlers[type]} handler.`,
    )
  }
  await handler({
    transaction: Object.create(transaction, { mutations: { value: mutations } }),
    collection,
  })
}
