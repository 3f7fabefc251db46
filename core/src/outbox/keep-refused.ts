/**
 * What becomes of the operations of an upload that the server does not take: stored as refused, and out of the queue, in one
 * transaction.
 *
 * An update or delete of a row whose insert was refused goes with that: alone it would be of a row that the server has never
 * seen, and be taken and lost. Unless the server has a row of that id, or has taken another insert of it.
 *
 * Which these are is settled before the rest is sent, for good. Whenever a transaction is sent again it is the same: the
 * server's answer to it, which it knows by the key, is of what was sent first.
 */
import { ours } from '../libraries/lock-holders.ts'
import {
  type CrudEntry,
  type LockContext,
  type ResolvedTable,
  type Transaction,
  UpdateType,
} from '@powersync/common'
import type { Database } from '../libraries/powersync.ts'
import {
  deleteQueued,
  deleteSent,
  selectIsOnServer,
  selectRefusedInserts,
  storeRefused,
  supersedeRefused,
} from '../libraries/refused-sql.ts'
import type { RefusedOperation } from './refuse.ts'

/** A refused insert that is stored already, and that operations of its row may go with. */
interface Known {
  readonly key: string
  readonly row: string
  readonly isOnServer: boolean
}

/** An operation that leaves the queue without having been taken. */
interface Kept {
  readonly operation: CrudEntry
  readonly refusal: Omit<RefusedOperation, 'operation'>
  /** The key of the refused insert that it goes with. */
  readonly behind: string | undefined
}

/** The operations of one upload, and what is known of them. */
export class KeptOperations {
  readonly #database: Database
  readonly #table: ResolvedTable
  /** The id of the client in whose queue they are. */
  readonly client: string
  readonly #operations: readonly CrudEntry[]
  readonly #known: readonly Known[]
  readonly #held: ReadonlyMap<CrudEntry, string>

  private constructor(
    { database, table, operations }: Uploading,
    { client, found }: { readonly client: string; readonly found: string },
  ) {
    const known = (JSON.parse(found) as StoredInsert[]).map(knownOf)
    this.#database = database
    this.#table = table
    this.client = client
    this.#operations = operations
    this.#known = known
    this.#held = heldOf(operations, known)
  }

  /** What goes with an insert that was refused before leaves the queue here. */
  static async settle(uploading: Uploading): Promise<KeptOperations> {
    const { database, table, operations } = uploading
    const rows = operations.map(({ table, id }) => [table, id])
    const select = (lock: LockContext): Promise<{ client: string; found: string }> =>
      lock.get(selectRefusedInserts(table.viewName), [JSON.stringify(rows)])
    // Not by a connection that only reads: it may be behind, and an update be sent whose insert was refused.
    const read = await database.writeLock(ours('a read of refused writes', select))
    const kept = new KeptOperations(uploading, read)
    await kept.#setAside()
    return kept
  }

  /** What is to be sent: all but what goes with an insert that was refused before. */
  get toSend(): readonly CrudEntry[] {
    return this.#operations.filter((operation) => !this.#held.has(operation))
  }

  async #setAside(): Promise<void> {
    const held = [...this.#held].map(([operation, behind]) => ({
      operation,
      refusal: { reason: behindReason },
      behind,
    }))
    // What is sent now is of the row that the server has, also when that is gone before it is sent again.
    const superseded = this.#known.filter(({ isOnServer }) => isOnServer)
    if (held.length + superseded.length === 0) return
    const setAside = async (tx: Transaction): Promise<void> => {
      await this.#keep(tx, held, superseded)
      await tx.execute(deleteQueued, [
        JSON.stringify(held.map(({ operation }) => [operation.clientId])),
      ])
    }
    await this.#database.writeTransaction(ours('keeping a refused write', setAside))
  }

  /** Stores what was refused, and what goes with it, and takes all that was sent out of the queue. */
  async store(refused: readonly RefusedOperation[]): Promise<void> {
    const kept = await this.#kept(refused)
    const isKept = new Set(kept.map(({ operation }) => operation))
    const taken = this.toSend.filter((operation) => !isKept.has(operation))
    const inserted = new Set(taken.filter(({ op }) => op === UpdateType.PUT).map(rowOf))
    const superseded = this.#known.filter(({ row }) => inserted.has(row))
    if (kept.length + superseded.length === 0) return
    const store = async (tx: Transaction): Promise<void> => {
      await this.#keep(tx, kept, superseded)
      await tx.execute(deleteSent, [this.#operations.at(-1)?.clientId])
    }
    await this.#database.writeTransaction(ours('keeping a refused write', store))
  }

  async #keep(tx: Transaction, kept: readonly Kept[], superseded: readonly Known[]): Promise<void> {
    const { viewName } = this.#table
    const rows = kept.map(({ operation, refusal: { reason, code, status }, behind }) => [
      operation.clientId,
      reason,
      code ?? null,
      status ?? null,
      behind ?? null,
    ])
    if (rows.length > 0)
      await tx.execute(storeRefused(viewName), [JSON.stringify(rows), new Date().toISOString()])
    if (superseded.length > 0)
      await tx.execute(supersedeRefused(viewName), [
        JSON.stringify(superseded.map(({ key }) => key)),
      ])
  }

  /** In the order of the queue: what was refused, and what goes with a refused insert. */
  async #kept(refused: readonly RefusedOperation[]): Promise<Kept[]> {
    const refusals = new Map(refused.map(({ operation, ...refusal }) => [operation, refusal]))
    const inserts = new Map<string, string>()
    const kept: Kept[] = []
    for (const operation of this.toSend) {
      const refusal = refusals.get(operation)
      const row = rowOf(operation)
      if (operation.op === UpdateType.PUT) {
        inserts.delete(row)
        if (refusal === undefined) continue
        kept.push({ operation, refusal, behind: undefined })
        inserts.set(row, this.#keyOf(operation))
        continue
      }
      const insert = inserts.get(row)
      if (insert !== undefined && (refusal !== undefined || !(await this.#isOnServer(operation))))
        kept.push({ operation, refusal: refusal ?? { reason: behindReason }, behind: insert })
      else if (refusal !== undefined) kept.push({ operation, refusal, behind: undefined })
    }
    return kept
  }

  async #isOnServer({ table, id }: CrudEntry): Promise<boolean> {
    const { found } = await this.#database.get<{ found: number }>(selectIsOnServer, [table, id])
    return found === 1
  }

  #keyOf({ clientId }: CrudEntry): string {
    return `${this.client}/${clientId}`
  }
}

/** What is uploaded, of which database. */
export interface Uploading {
  readonly database: Database
  readonly table: ResolvedTable
  readonly operations: readonly CrudEntry[]
}

/** Of what goes with a refused insert. */
export const behindReason = 'The insert of this row was refused.'

/** The operations that go with an insert that was refused before, each with the key of that. */
function heldOf(
  operations: readonly CrudEntry[],
  known: readonly Known[],
): ReadonlyMap<CrudEntry, string> {
  const held = new Map<CrudEntry, string>()
  const inserted = new Set<string>()
  for (const operation of operations) {
    const row = rowOf(operation)
    if (operation.op === UpdateType.PUT) inserted.add(row)
    if (inserted.has(row)) continue
    const insert = known.findLast((candidate) => candidate.row === row)
    if (insert !== undefined && !insert.isOnServer) held.set(operation, insert.key)
  }
  return held
}

type StoredInsert = readonly [key: string, table: string, id: string, isOnServer: number]

function knownOf([key, table, id, isOnServer]: StoredInsert): Known {
  return { key, row: rowOf({ table, id }), isOnServer: isOnServer === 1 }
}

/** Names a row over all tables. */
export function rowOf({ table, id }: { readonly table: string; readonly id: string }): string {
  return `${table}/${id}` // the name of a table has no slash
}
