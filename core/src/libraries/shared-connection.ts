/**
 * A connection that the page hands to the worker of @powersync/web (2.4.0) that syncs. The SDK hands out its own worker, past the page;
 * here each statement of the sync comes through the page, which sees the ones that fail, and rolls back what a client leaves open.
 */
import type { LockContext, RawQueryResult } from '@powersync/common'
import { expose, proxy } from 'comlink'
import type { Stop } from '../readable/readable.ts'
import { tabLocks } from './dead-workers.ts'

/** Runs `run` in the write lock of the connection, for a write or a read. */
export type AskConnection = (
  run: (lock: LockContext) => Promise<void>,
  options: { readonly isWrite: boolean; readonly timeoutMs: number | undefined },
) => Promise<unknown>

interface Lease {
  readonly lock: LockContext
  /** Gives the lock back. */
  readonly end: Stop
  /** Settles when it has been given back. */
  readonly isOver: Promise<unknown>
}

/** What the SDK calls of a database that another worker shows it. */
class Shared {
  readonly #ask: AskConnection
  readonly #listen: (listener: (tables: string[]) => void) => Stop
  readonly #leases = new Map<string, Lease>()
  readonly #closed = new AbortController()
  #stopListening: Stop = () => undefined

  constructor({ ask, listen }: SharedOptions, clientLock: string | undefined) {
    this.#ask = ask
    this.#listen = listen
    if (clientLock !== undefined) void this.#closeWith(clientLock)
  }

  /** When its client is gone, who holds that lock as long as it lives. */
  async #closeWith(clientLock: string): Promise<void> {
    const { signal } = this.#closed
    await tabLocks()
      ?.request(clientLock, { signal }, () => this.close())
      .catch(() => undefined) // it was closed before
  }

  close(): void {
    this.#closed.abort()
    this.#stopListening()
    for (const { end } of this.#leases.values()) end()
    this.#leases.clear()
  }

  requestAccess(isWrite: boolean, timeoutMs?: number): Promise<string> {
    const token = crypto.randomUUID()
    return new Promise((granted, failed) => {
      const isOver = this.#ask(
        async (lock) => {
          await new Promise<void>((end) => {
            if (this.#closed.signal.aborted) return end()
            this.#leases.set(token, { lock, end, isOver })
            granted(token)
          })
          if (this.#closed.signal.aborted) await rollBack(lock)
        },
        { isWrite, timeoutMs },
      )
      isOver.catch(failed)
    })
  }

  async completeAccess(token: string): Promise<void> {
    const { end, isOver } = this.#leaseOf(token)
    this.#leases.delete(token)
    end()
    await isOver
  }

  execute(token: string, sql: string, parameters?: unknown[]): Promise<RawQueryResult> {
    return this.#leaseOf(token).lock.executeRaw(sql, parameters)
  }

  async executeBatch(token: string, sql: string, rows?: unknown[][]): Promise<object[]> {
    const { insertId, rowsAffected } = await this.#leaseOf(token).lock.executeBatch(sql, rows)
    return [{ insertId, rowsAffected }]
  }

  setUpdateListener(port: MessagePort | undefined): void {
    this.#stopListening()
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a port has none
    this.#stopListening = port
      ? this.#listen((tables) => port.postMessage(tables))
      : () => undefined
  }

  #leaseOf(token: string): Lease {
    const lease = this.#leases.get(token)
    if (lease === undefined) throw new Error('the lock was given back, or its connection is closed')
    return lease
  }
}

/** A transaction that is left open has the file, also when its lock is free: who then gets the lock would wait for the file for good. */
async function rollBack(lock: LockContext): Promise<void> {
  await lock.executeRaw('ROLLBACK').catch(() => undefined) // there may be none
}

export interface SharedOptions {
  readonly ask: AskConnection
  /** Tells of the tables that were written to. */
  readonly listen: (listener: (tables: string[]) => void) => Stop
}

/** @returns `port` is what `shareConnection` of the SDK gives; `close` rolls back and gives back what its clients hold, and lets them wait for good. */
export function shareConnection(options: SharedOptions): { port: MessagePort; close: Stop } {
  const { port1, port2 } = new MessageChannel()
  const clients = new Set<Shared>()
  const server = {
    connectToExisting({ lockName }: { readonly lockName?: string }): Shared {
      const client = new Shared(options, lockName)
      clients.add(client)
      return proxy(client)
    },
  }
  expose(server, port1)
  const close = (): void => {
    port1.close()
    for (const client of clients) client.close()
  }
  return { port: port2, close }
}
