/** The writes of the app, and what becomes of them. */
import { isRowsignalError, PowerSyncTransactor } from '@rowsignal/core'
import { createTransaction, type Transaction } from '@tanstack/db'
import type { Outcome, Write } from './ledger.ts'
import { refusesDeleteThenInsert } from './limits.ts'
import type { Failure, Mutation, StepOf } from './program.ts'
import { columnsOf } from './tables.ts'
import { Planned, tableOf, ThrownBySubscriber, type World } from './world.ts'

interface WriteOptions {
  run: () => Transaction
  /** Whether it may be of several collections. */
  spans?: boolean
  /** What a subscriber writes may land in a transaction of somebody else. */
  bySubscriber?: boolean
}

/** Makes a write and notes what becomes of it. */
export function begin(
  world: World,
  write: Write,
  { run, bySubscriber = false, spans = bySubscriber }: WriteOptions,
): void {
  const settled = spans ? world.span() : undefined
  let transaction: Transaction
  try {
    transaction = run()
  } catch (error) {
    write.outcome = outcomeOf(world, error)
    settled?.()
    return
  }
  if (!bySubscriber) world.ledger.follow(write, transaction, { isOrdered: true })
  const isForeign = world.foreign.has(transaction)
  world.waitFor(
    transaction.isPersisted.promise
      .then(
        () => void (write.outcome = isForeign ? 'unsure' : 'accepted'),
        (error: unknown) => {
          const outcome = outcomeOf(world, error)
          write.outcome = bySubscriber ? 'unsure' : outcome
        },
      )
      .finally(settled),
  )
}

interface TransactionOptions {
  mutate: () => void
  persist: (transaction: Transaction) => Promise<void>
  /** Whether `persist` writes nothing to SQLite. */
  isForeign?: boolean
}

/** Runs a transaction of the app's own. */
export function runTransaction(
  world: World,
  write: Write,
  { mutate, persist, isForeign = false }: TransactionOptions,
): void {
  const settled = world.span()
  const transaction = createTransaction({
    autoCommit: false,
    mutationFn: (parameters) => persist(parameters.transaction as unknown as Transaction),
  })
  if (isForeign) world.foreign.add(transaction)
  transaction.isPersisted.promise.catch(() => undefined) // told by `commit` too
  try {
    transaction.mutate(mutate)
  } catch (error) {
    write.outcome = outcomeOf(world, error)
    transaction.rollback()
    settled()
    return
  }
  if (!isForeign) world.ledger.follow(write, transaction, { isOrdered: false })
  const note = (outcome: Outcome): void => {
    if (write.outcome === 'open') write.outcome = outcome
  }
  world.waitFor(
    transaction
      .commit()
      .then(
        () => note(isForeign ? 'rejected' : 'accepted'),
        (error: unknown) => note(outcomeOf(world, error)),
      )
      .finally(settled),
  )
}

/** Writes a transaction to SQLite, or fails before or after it. */
export async function persistOrFail(
  world: World,
  write: Write,
  { transaction, fails }: { transaction: Transaction; fails: Failure },
): Promise<void> {
  if (fails === 'before the write') throw new Planned(fails)
  await new PowerSyncTransactor({ database: world.database }).applyTransaction(transaction)
  if (fails !== 'after the write') return
  write.outcome = 'written'
  throw new Planned(fails)
}

/** TanStack DB's words for a duplicate or a missing key, and for a collection whose sync is just being ended. */
const refusals = ['CollectionOperationError', 'CollectionStateError']

/** What SQLite says to a value that the constraint refuses, to a row that is there already, to a table that is gone. */
const refusal = refusesDeleteThenInsert
  ? /refused|UNIQUE constraint|no such table|answer lost|combination: delete-insert/
  : /refused|UNIQUE constraint|no such table|answer lost/

/** What the library says to an update of a row that is gone, or not read yet, and to a table that is gone. */
const codes = ['no-row', 'row-not-loaded', 'table-not-in-schema'] as const

/** What became of a write that failed with this error. Errors that no step asks for are faults. */
function outcomeOf(world: World, error: unknown): Outcome {
  if (error === undefined) return 'rejected' // the transaction that it landed in was rolled back
  const errors = error instanceof AggregateError ? (error.errors as unknown[]) : [error]
  if (errors.some((each) => each instanceof ThrownBySubscriber)) return 'unsure'
  const isExpected = errors.every(
    (each) =>
      each instanceof Planned ||
      (each instanceof Error && (refusals.includes(each.name) || refusal.test(each.message))) ||
      codes.some((code) => isRowsignalError(each, code)),
  )
  if (!isExpected) world.faults.push(`a write failed: ${errors.map(String).join(', ')}`)
  return 'rejected'
}

export function mutateAll(world: World, write: Write, mutations: readonly Mutation[]): void {
  for (const mutation of mutations) world.mutate(write, mutation)
}

export function writeMany(
  world: World,
  write: Write,
  { on, op, rows }: StepOf<'write-many'>,
): Transaction {
  const { ledger } = world
  const table = tableOf(on)
  const ids = rows.map((row) => `r${row}`)
  const collection = world.collection(on)
  if (op === 'delete') {
    for (const id of ids) ledger.removes(write, { table, id })
    return collection.delete(ids)
  }
  const columns = ids.map((id) => columnsOf(table, ledger.mint(write, { table, id })))
  if (op === 'insert')
    return collection.insert(columns.map((each, index) => ({ id: ids[index], ...each })))
  return collection.update(ids, (drafts) => {
    for (const [index, draft] of drafts.entries()) Object.assign(draft, columns[index])
  })
}
