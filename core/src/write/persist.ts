/**
 * A TanStack transaction -> one SQLite transaction. The promise of a write resolves when SQLite has it and the
 * collection shows it, after one transaction and no wait for a change event.
 */
import type { LockContext } from '@powersync/common'
import type { PendingMutation, Transaction } from '@tanstack/db'
import { RowsignalError } from '../errors.ts'
import { type Database, isServerDatabase } from '../libraries/powersync.ts'
import type { AnyCollection } from '../libraries/tanstack.ts'
import { writeAndShow } from './own-write.ts'
import { runStatement, statementsOf } from './statements.ts'
import { recordWriteError, watchLock } from './write-errors.ts'
import { targetOf } from './write-target.ts'

/**
 * Writes mutations to SQLite in one transaction, in their order, and shows the result in the collections.
 *
 * @throws {RowsignalError} rejects with `mixed-databases`, `metadata-not-tracked`, `column-not-in-schema`,
 * `value-unsupported`, `server-database`, `storage-full`, `no-row` when a row to update is gone; with SQLite's own error when a statement
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
  const collections = [...new Set(mutations.map(({ collection }) => collection as AnyCollection))]
  const statements = statementsOf(mutations)
  collections.forEach(startSync)
  const followed = collections.map(targetOf)
  const warnMs = Math.min(...followed.map(({ lockWarnMs }) => lockWarnMs))
  const lockGranted = watchLock(database, mutations, warnMs)
  const run = async (lock: LockContext): Promise<void> => {
    lockGranted()
    for (const statement of statements) await runStatement(lock, statement)
  }
  try {
    await writeAndShow(database, { transaction, mutations, followed, run })
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
