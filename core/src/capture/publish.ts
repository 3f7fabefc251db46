/**
 * Brings changes of SQLite into the collections, all tables of a database together.
 *
 * Changes wait in one pending map (collection -> id -> newest state). They are published as one group when no
 * collection in it has a persisting transaction: TanStack DB holds the sync commits of such a collection and of no
 * other, so publishing the rest would show half a SQLite commit in a join. A write of ours publishes its own ids
 * inside its handler, to be shown in the moment in which its optimistic rows are dropped; what else it found waits.
 */
import { publishTogether } from '../libraries/together.ts'
import type { Transaction } from '@tanstack/db'
import { reportToPlatform } from '../errors.ts'
import type { Follower, StoredRows } from './follower.ts'
import { onSettled, persistingTransactions } from '../libraries/tanstack.ts'

/** How long other tables wait for a collection that somebody's slow `mutationFn` holds. In ms. */
const maxHoldMs = 1_000

/** What is to be shown: collection -> id -> newest stored state. */
export type Changes = Map<Follower, StoredRows>

/** Whether the row was changed by the write whose changes are published. */
export type IsOwn = (follower: Follower, id: string) => boolean

/** What a write of ours found in its own transaction. */
export interface WriteChanges {
  /** The rows that it changed itself. */
  readonly own: Changes
  /** What others had changed and nobody had read. */
  readonly rest: Changes
  readonly isOwn: IsOwn
}

export class Publisher {
  readonly #pending: Changes = new Map()
  /**
   * Collections that were held too long; the others no longer wait for them. Known here and to no follower: it is of what
   * waits and of who holds it, whatever the follower reads meanwhile.
   */
  readonly #leftOut = new Set<Follower>()
  readonly #awaited = new WeakSet<Transaction>()
  readonly #reload: (follower: Follower) => void
  /** Followers whose read is shown with the next publication, when nothing of before it waits but what is left out. */
  #read = new Set<Follower>()
  /** Whom to tell when what waits for a collection is shown. */
  readonly #awaiting = new Map<Follower, (() => void)[]>()
  #timer: ReturnType<typeof setTimeout> | undefined

  /** @param reload Reads the table of a collection again. */
  constructor(reload: (follower: Follower) => void) {
    this.#reload = reload
  }

  /** Adds changes that nobody waits for and publishes what can be; a read that runs keeps those of its table. */
  publish(changes: Changes): void {
    this.#add(changes)
    this.#flush()
  }

  /**
   * Publishes with them what was read for demands of a follower.
   *
   * @returns Resolves when these are shown, however long a transaction holds them, or are of no use any more.
   */
  publishRows(follower: Follower, changes: Changes): Promise<void> {
    return new Promise((shown) => {
      const awaiting = this.#awaiting.get(follower)
      if (awaiting === undefined) this.#awaiting.set(follower, [shown])
      else awaiting.push(shown)
      this.publish(changes)
    })
  }

  /**
   * Tells the follower when what its read has found is shown, and of the other tables what they were then: at once, or
   * when no transaction holds them any more, or has for `maxHoldMs`.
   */
  publishRead(follower: Follower): void {
    this.#read.add(follower)
    this.publish(new Map([[follower, new Map()]]))
  }

  /** Publishes what a write of ours changed itself, now, and the rest after `transaction` has settled. */
  publishOwn(transaction: Transaction, { own, rest, isOwn }: WriteChanges): void {
    // During a read own rows are shown at once and once more at its end: a chunk older than them may still come.
    for (const [follower, rows] of own) if (follower.reading) follower.setAside(rows)
    for (const [follower, waiting] of this.#pending)
      this.#takeOwn(follower, waiting, { own, isOwn })
    this.#add(rest)
    this.#show(own)
    onSettled(transaction, () => this.#flush())
  }

  /**
   * What waits for a row of the write is older than what the write found of it. If it found nothing, as a delete does
   * that finds the row gone, then it is the newest, and would come too late for the optimistic row that is dropped.
   */
  #takeOwn(
    follower: Follower,
    waiting: StoredRows,
    { own, isOwn }: Pick<WriteChanges, 'own' | 'isOwn'>,
  ): void {
    for (const [id, data] of waiting) {
      if (data === undefined || !isOwn(follower, id)) continue
      waiting.delete(id)
      const rows = own.get(follower)
      if (rows === undefined) own.set(follower, new Map([[id, data]]))
      else if (!rows.has(id)) rows.set(id, data)
    }
  }

  /** Forgets what waits for a collection: its sync has ended, or its table is read again. */
  drop(follower: Follower): void {
    this.#pending.delete(follower)
    this.#leftOut.delete(follower)
    this.#tellShown(follower)
    this.#flush()
  }

  /** Whether changes for this collection wait for a transaction that takes longer than `maxHoldMs`. */
  isHeld(follower: Follower): boolean {
    return this.#leftOut.has(follower)
  }

  /** Whether nothing waits to be shown in the collection. */
  isShown(follower: Follower): boolean {
    return !this.#pending.has(follower) && persistingTransactions(follower.collection).length === 0
  }

  dispose(): void {
    clearTimeout(this.#timer)
    this.#pending.clear()
    this.#leftOut.clear()
    this.#read.clear()
    for (const follower of this.#awaiting.keys()) this.#tellShown(follower)
  }

  #add(changes: Changes): void {
    for (const [follower, rows] of changes) {
      const waiting = this.#pending.get(follower)
      if (follower.reading) follower.setAside(rows)
      else if (waiting === undefined) this.#pending.set(follower, new Map(rows))
      else
        for (const [id, data] of rows)
          if (data !== undefined || !waiting.has(id)) waiting.set(id, data)
    }
  }

  #flush(): void {
    const held = new Set<Follower>()
    for (const follower of this.#pending.keys()) {
      const transactions = persistingTransactions(follower.collection)
      if (transactions.length === 0) continue
      held.add(follower)
      for (const transaction of transactions) this.#awaitSettled(transaction)
    }
    for (const follower of this.#leftOut) if (!held.has(follower)) this.#leftOut.delete(follower)
    if ([...held].some((follower) => !this.#leftOut.has(follower))) {
      this.#timer ??= setTimeout(() => this.#leaveOut(), maxHoldMs)
      return
    }
    clearTimeout(this.#timer)
    this.#timer = undefined
    const group: Changes = new Map()
    for (const [follower, rows] of this.#pending) {
      if (held.has(follower)) continue
      group.set(follower, rows)
      this.#pending.delete(follower)
    }
    this.#show(group)
    const read = this.#read
    this.#read = new Set()
    for (const follower of read) follower.shown()
    for (const follower of this.#awaiting.keys()) if (!held.has(follower)) this.#tellShown(follower)
  }

  #tellShown(follower: Follower): void {
    const awaiting = this.#awaiting.get(follower)
    this.#awaiting.delete(follower)
    for (const shown of awaiting ?? []) shown()
  }

  #awaitSettled(transaction: Transaction): void {
    if (this.#awaited.has(transaction)) return
    this.#awaited.add(transaction)
    onSettled(transaction, () => this.#flush())
  }

  #leaveOut(): void {
    this.#timer = undefined
    for (const follower of this.#pending.keys()) {
      if (persistingTransactions(follower.collection).length > 0) this.#leftOut.add(follower)
    }
    this.#flush()
  }

  #show(changes: Changes): void {
    const commits: (() => void)[] = []
    for (const [follower, rows] of changes)
      if (rows.size > 0) commits.push(() => follower.commit(rows))
    if (commits.length === 0) return
    const errors = publishTogether(commits)
    if (errors.length === 0) return
    errors.forEach(reportToPlatform)
    // Mostly subscribers threw, and the rows have arrived all the same.
    for (const [follower, rows] of changes) if (!follower.holds(rows)) this.#reload(follower)
  }
}
