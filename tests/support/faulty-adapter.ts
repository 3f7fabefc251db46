/**
 * The real adapter of a database with one fault in it: the n-th call from `arm` on fails. A call is what an answer is
 * awaited for: a lock, a statement in it, its release.
 */
import { DBAdapter, LockContext } from '@powersync/common'
import type {
  DBAdapterListener,
  DBLockOptions,
  QueryResult,
  RawQueryResult,
} from '@powersync/common'

/**
 * - `refused`: fails before anything was done. A lock is always given back; its release can only lose the answer.
 * - `answer lost`: fails although it was done.
 * - `unanswered`, `done and unanswered`: neither this call nor any later one is ever answered, and nothing more is done,
 *   as by a dead worker.
 */
export type Fault = 'refused' | 'answer lost' | 'unanswered' | 'done and unanswered'

export interface Armed {
  readonly fault: Fault
  /** Which call fails, the first being 1. */
  readonly at: number
  /** Called where the call fails, after its work if that is done. */
  readonly onFault?: (() => void) | undefined
  /** Counts only what comes after the first call that this takes; that one loses its answer. */
  readonly after?: ((call: string) => boolean) | undefined
}

class InjectedError extends Error {
  constructor(call: string, fault: Fault) {
    super(`injected: ${fault} at ${call}`)
  }
}

export class FaultyAdapter extends DBAdapter {
  readonly #inner: DBAdapter
  #armed: Armed | undefined
  #counting = false
  #isDead = false
  #die = (): void => undefined
  /** Resolves when a call is left without an answer. */
  readonly died: Promise<void>
  #running = 0
  #calls: string[] = []

  constructor(inner: DBAdapter) {
    super()
    this.#inner = inner
    this.died = new Promise((resolve) => {
      this.#die = resolve
    })
  }

  /** The calls that were counted since `arm`. */
  get calls(): readonly string[] {
    return this.#calls
  }

  /** Whether the armed call came. */
  get failed(): boolean {
    return this.#armed !== undefined && this.#calls.length >= this.#armed.at
  }

  /** Whether no lock is waited for or held, by anybody who could still get on. */
  get isIdle(): boolean {
    return this.#isDead || this.#running === 0
  }

  arm(armed: Armed): void {
    this.#armed = armed
    this.#counting = armed.after === undefined
    this.#calls = []
  }

  /** From now on nothing fails. Revives no dead one. */
  disarm(): void {
    this.#counting = false
  }

  get name(): string {
    return this.#inner.name
  }

  close(): void | Promise<void> {
    return this.#inner.close()
  }

  refreshSchema(): Promise<void> {
    return this.#inner.refreshSchema()
  }

  override registerListener(listener: Partial<DBAdapterListener>): () => void {
    return this.#inner.registerListener(listener)
  }

  readLock<T>(run: (lock: LockContext) => Promise<T>, options?: DBLockOptions): Promise<T> {
    return this.#lock((inner) => this.#inner.readLock(inner, options), run)
  }

  writeLock<T>(run: (lock: LockContext) => Promise<T>, options?: DBLockOptions): Promise<T> {
    return this.#lock((inner) => this.#inner.writeLock(inner, options), run)
  }

  async #lock<T>(
    take: (run: (lock: LockContext) => Promise<T>) => Promise<T>,
    run: (lock: LockContext) => Promise<T>,
  ): Promise<T> {
    this.#running++
    try {
      await this.call('lock', () => Promise.resolve())
      const result = await take((lock) => run(new FaultyLock(lock, this)))
      return await this.call('release', () => Promise.resolve(result))
    } finally {
      this.#running--
    }
  }

  async call<T>(name: string, run: () => Promise<T>): Promise<T> {
    if (this.#isDead) return never()
    if (!this.#counting) {
      const armed = this.#armed
      if (armed?.after?.(name) !== true || this.#calls.length > 0) return run()
      this.#counting = true
      await run()
      throw new InjectedError(name, 'answer lost')
    }
    this.#calls.push(name)
    const { at, fault, onFault } = this.#armed!
    if (this.#calls.length !== at) return run()
    this.#counting = false
    if (fault === 'answer lost' || fault === 'done and unanswered') await run()
    onFault?.()
    if (fault === 'refused' || fault === 'answer lost') throw new InjectedError(name, fault)
    this.#isDead = true
    this.#die()
    return never()
  }
}

class FaultyLock extends LockContext {
  readonly #inner: LockContext
  readonly #adapter: FaultyAdapter

  constructor(inner: LockContext, adapter: FaultyAdapter) {
    super()
    this.#inner = inner
    this.#adapter = adapter
  }

  executeRaw(sql: string, parameters?: unknown[]): Promise<RawQueryResult> {
    return this.#adapter.call(firstWords(sql), () => this.#inner.executeRaw(sql, parameters))
  }

  override executeBatch(sql: string, parameters?: unknown[][]): Promise<QueryResult<never>> {
    return this.#adapter.call(firstWords(sql), () => this.#inner.executeBatch(sql, parameters))
  }
}

function firstWords(sql: string): string {
  return sql.trim().split(/\s+/, 3).join(' ')
}

function never<T>(): Promise<T> {
  return new Promise(() => undefined)
}
