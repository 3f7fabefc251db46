/**
 * What a program has written and what became of it: the model that the queue of uploads, and every state that was
 * shown, is compared with.
 */
import type { Transaction } from '@tanstack/db'
import { tokenFor, tokenOf, type Columns, type TableName } from './tables.ts'

/** What became of a write. */
export type Outcome =
  /** Not known yet. */
  | 'open'
  /** SQLite has it, and its queue of uploads has had it. */
  | 'accepted'
  /** SQLite has it, but the transaction that it was made in has failed afterwards. */
  | 'written'
  /** It came to nothing; it may have been shown for a while. */
  | 'rejected'
  /** SQLite may have it or not: the call that made it threw something else, or others in its transaction failed. */
  | 'unsure'

/** One write of somebody, to any number of rows. */
export interface Write {
  readonly by: string
  outcome: Outcome
}

/** A TanStack transaction that must be in the queue of uploads as it is, if it was accepted. */
interface Followed {
  readonly write: Write
  readonly transaction: Transaction
  /** Whether it was handed to SQLite in the moment in which it was made, so that the queue has it in this order. */
  readonly isOrdered: boolean
}

export interface RowName {
  readonly table: TableName
  readonly id: string
}

/** An entry of the queue of uploads. */
export interface QueueEntry {
  /** Entries of one SQLite transaction share it. */
  readonly group: number
  readonly op: string
  readonly type: TableName
  readonly id: string
  readonly data: Columns | null
}

export class Ledger {
  readonly #writers = new Map<string, Write>()
  readonly #removals = new Map<string, Write[]>()
  readonly #followed = new Map<Transaction, Followed>()
  /** table -> the number of the last token in it when its rows were lost. */
  readonly #lost = new Map<string, number>()
  #number = 0

  begin(by: string): Write {
    return { by, outcome: 'open' }
  }

  nextNumber(): number {
    return ++this.#number
  }

  /** A token that only this write writes. */
  mint(write: Write, { table, id }: RowName): string {
    const token = tokenFor(table, id, this.nextNumber())
    this.claim(write, token)
    return token
  }

  /** The same for a value that the constraint refuses. */
  mintRefused(write: Write, row: RowName): string {
    const token = `${tokenFor(row.table, row.id, this.nextNumber())}!`
    this.claim(write, token)
    return token
  }

  /** Only this write writes the token. */
  claim(write: Write, token: string): void {
    this.#writers.set(token, write)
  }

  /** The write wants this row gone. */
  removes(write: Write, { table, id }: RowName): void {
    const row = `${table}.${id}`
    this.#removals.set(row, [...(this.#removals.get(row) ?? []), write])
  }

  follow(write: Write, transaction: Transaction, options: { isOrdered: boolean }): void {
    if (!this.#followed.has(transaction)) {
      this.#followed.set(transaction, { write, transaction, ...options })
    }
  }

  writerOf(token: string | undefined): Write | undefined {
    return this.#writers.get(token ?? '')
  }

  /** Whether this state of the row may go away by itself. */
  mayBeTakenBack(row: string, token: string | undefined): boolean {
    const writers = token === undefined ? this.#removals.get(row) : [this.#writers.get(token)]
    return writers?.some((write) => write !== undefined && write.outcome !== 'accepted') ?? false
  }

  /** The rows of these tables are gone, and may come back from the server. */
  loses(tables: readonly TableName[]): void {
    for (const table of tables) this.#lost.set(table, this.#number)
  }

  wasLost(token: string | undefined): boolean {
    const [table = '', , number] = (token ?? '').split(/[.#!]/)
    return Number(number) <= (this.#lost.get(table) ?? 0)
  }

  /** Whether somebody wanted the row gone. */
  mayBeGone(row: string): boolean {
    return this.#removals.has(row)
  }

  /** What is wrong with the queue of uploads, which holds every entry that was ever in it. */
  faultsOf(queue: readonly QueueEntry[]): string[] {
    const positions = new Map<string, number>()
    const faults: string[] = []
    for (const [position, entry] of queue.entries()) {
      const token = entry.data === null ? undefined : tokenOf(entry.type, entry.data)
      if (token === undefined) continue
      if (positions.has(token)) faults.push(`${token} is in the queue twice`)
      positions.set(token, position)
      const write = this.#writers.get(token)
      if (write === undefined || write.outcome === 'open' || write.outcome === 'rejected') {
        faults.push(`${token} is in the queue, but its write (${write?.by}) is ${write?.outcome}`)
      }
    }
    const accepted = [...this.#followed.values()].filter(
      ({ write }) => write.outcome === 'accepted' || write.outcome === 'written',
    )
    for (const { write, transaction } of accepted) {
      faults.push(...this.#faultsOfTransaction(write, transaction, { queue, positions }))
    }
    return [...faults, ...faultsOfOrder(accepted, positions)]
  }

  #faultsOfTransaction(
    { by }: Write,
    { mutations }: Transaction,
    { queue, positions }: { queue: readonly QueueEntry[]; positions: Map<string, number> },
  ): string[] {
    const faults: string[] = []
    const found: number[] = []
    for (const mutation of mutations) {
      const token = tokenOfMutation(mutation)
      if (token === undefined || token.startsWith('drafts')) continue
      const position = positions.get(token)
      if (position === undefined) faults.push(`${token} (${by}) was accepted, but is not queued`)
      else found.push(position)
    }
    if (found.some((position, index) => position < (found[index - 1] ?? 0))) {
      faults.push(`${by} is in the queue in another order: ${found.join()}`)
    }
    if (new Set(found.map((position) => queue[position]?.group)).size > 1) {
      faults.push(`${by} is in the queue in more than one SQLite transaction`)
    }
    return faults
  }
}

function tokenOfMutation({
  type,
  modified,
  changes,
  collection,
}: Transaction['mutations'][number]) {
  if (type === 'delete') return undefined
  const { tableName } = (collection.utils as { getMeta(): { tableName: string } }).getMeta()
  return tokenOf(tableName as TableName, type === 'insert' ? modified : changes)
}

function faultsOfOrder(accepted: readonly Followed[], positions: Map<string, number>): string[] {
  let last = { position: -1, by: '' }
  const faults: string[] = []
  for (const { write, transaction, isOrdered } of accepted) {
    if (!isOrdered) continue
    for (const mutation of transaction.mutations) {
      const position = positions.get(tokenOfMutation(mutation) ?? '')
      if (position === undefined) continue
      if (position < last.position) faults.push(`${write.by} is in the queue before ${last.by}`)
      else last = { position, by: write.by }
    }
  }
  return faults
}
