/**
 * What becomes of the operations of an upload that do not reach the server: stored as refused first, out of the queue then. A
 * crash in between repeats the upload, and what is stored is overwritten under the same key, or goes if it is taken now.
 *
 * An update or delete of a row whose insert was refused goes with that: alone it would be of a row that the server has never
 * seen, and be taken and lost. Unless the server has a row of that id, or has taken another insert of it.
 */
import { ours } from '../libraries/lock-holders.ts'
import { type CrudEntry, type ResolvedTable, type Transaction, UpdateType } from '@powersync/common'
import type { Database } from '../libraries/powersync.ts'
import {
  deleteRefused,
  selectIsOnServer,
  selectRefusedOf,
  storeRefused,
  supersedeRefused,
} from '../libraries/refused-sql.ts'
import type { RefusedOperation } from './refuse.ts'

/** A refused operation that is stored already. */
interface Known {
  readonly key: string
  readonly row: string
  readonly number: number
  /** Whether later operations of its row go with it. */
  readonly holds: boolean
  readonly isInsert: boolean
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
    const known = (JSON.parse(found) as StoredRefused[]).map(knownOf)
    this.#database = database
    this.#table = table
    this.client = client
    this.#operations = operations
    this.#known = known
    this.#held = heldOf(operations, known)
  }

  static async read(uploading: Uploading): Promise<KeptOperations> {
    const { database, table, operations } = uploading
    const rows = operations.map(({ table, id }) => [table, id])
    const sql = selectRefusedOf(table.viewName)
    return new KeptOperations(uploading, await database.get(sql, [JSON.stringify(rows)]))
  }

  /** What is to be sent: all but what goes with an insert that was refused before. */
  get toSend(): readonly CrudEntry[] {
    return this.#operations.filter((operation) => !this.#held.has(operation))
  }

  /** Stores what was refused, and what goes with it; forgets refusals of what was taken now. */
  async store(refused: readonly RefusedOperation[]): Promise<void> {
    const kept = await this.#kept(refused)
    const isKept = new Set(kept.map(({ operation }) => operation))
    const taken = this.#operations.filter((operation) => !isKept.has(operation))
    const takenKeys = new Set(taken.map((operation) => this.#keyOf(operation)))
    const gone = this.#known.filter(({ key }) => takenKeys.has(key))
    const superseded = this.#known.filter(
      (known) =>
        known.isInsert &&
        taken.some(
          (operation) =>
            operation.op === UpdateType.PUT &&
            rowOf(operation) === known.row &&
            operation.clientId > known.number,
        ),
    )
    if (kept.length + gone.length + superseded.length === 0) return
    const { viewName } = this.#table
    const store = async (tx: Transaction): Promise<void> => {
      if (kept.length > 0) {
        const rows = kept.map(({ operation, refusal: { reason, code, status }, behind }) => [
          operation.clientId,
          reason,
          code ?? null,
          status ?? null,
          behind ?? null,
        ])
        await tx.execute(storeRefused(viewName), [JSON.stringify(rows), new Date().toISOString()])
      }
      if (superseded.length > 0) await tx.execute(supersedeRefused(viewName), [keysOf(superseded)])
      if (gone.length > 0) await tx.execute(deleteRefused(viewName), [keysOf(gone)])
    }
    await this.#database.writeTransaction(ours('keeping a refused write', store))
  }

  /** In the order of the queue: what was refused, and what goes with a refused insert. */
  async #kept(refused: readonly RefusedOperation[]): Promise<Kept[]> {
    const refusals = new Map(refused.map(({ operation, ...refusal }) => [operation, refusal]))
    const inserts = new Map<string, string>()
    const kept: Kept[] = []
    for (const operation of this.#operations) {
      const refusal = refusals.get(operation)
      const held = this.#held.get(operation)
      const row = rowOf(operation)
      if (operation.op === UpdateType.PUT) {
        inserts.delete(row)
        if (refusal === undefined) continue
        kept.push({ operation, refusal, behind: undefined })
        inserts.set(row, this.#keyOf(operation))
        continue
      }
      const insert = inserts.get(row)
      if (held !== undefined)
        kept.push({ operation, refusal: { reason: behindReason }, behind: held })
      else if (
        insert !== undefined &&
        (refusal !== undefined || !(await this.#isOnServer(operation)))
      )
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
    const insert = known.findLast(
      (candidate) =>
        candidate.holds && candidate.row === row && candidate.number < operation.clientId,
    )
    if (insert !== undefined) held.set(operation, insert.key)
  }
  return held
}

type StoredRefused = readonly [
  key: string,
  table: string,
  id: string,
  number: number,
  op: string,
  isSuperseded: number | null,
  isOnServer: number,
]

function knownOf([key, table, id, number, op, isSuperseded, isOnServer]: StoredRefused): Known {
  const isInsert = op === 'PUT'
  return {
    key,
    row: rowOf({ table, id }),
    number,
    isInsert,
    holds: isInsert && isSuperseded !== 1 && isOnServer === 0,
  }
}

/** Names a row over all tables. */
export function rowOf({ table, id }: { readonly table: string; readonly id: string }): string {
  return `${table}/${id}` // the name of a table has no slash
}

function keysOf(known: readonly Known[]): string {
  return JSON.stringify(known.map(({ key }) => key))
}
