/**
 * Calls to SQLite of a database of @powersync/web (2.4.0) whose worker may die: it would never answer them. They are those
 * of the app, too, so the methods of its adapter are replaced, through which every statement goes.
 */
import type { DBAdapter } from '@powersync/common'
import { perObject } from '../readable/per-object.ts'

export interface Calls {
  /** Whether one is under way. */
  readonly areWaiting: boolean
  /** Those that wait reject with the reason, and so does each from then on; closing does nothing. */
  end(reason: Error): void
}

/** The calls of an adapter, from when it is first asked. */
export const callsOf: (adapter: DBAdapter) => Calls = perObject((adapter: DBAdapter) => {
  const open = new Set<(reason: Error) => void>()
  let end: Error | undefined
  const call = <T>(ask: () => Promise<T>): Promise<T> =>
    new Promise((resolve, reject) => {
      if (end !== undefined) return reject(end)
      open.add(reject)
      void ask()
        .then(resolve, reject)
        .finally(() => open.delete(reject))
    })
  const readLock = adapter.readLock.bind(adapter)
  const writeLock = adapter.writeLock.bind(adapter)
  const close = adapter.close.bind(adapter)
  adapter.readLock = (run, options) => call(() => readLock(run, options))
  adapter.writeLock = (run, options) => call(() => writeLock(run, options))
  adapter.close = () =>
    call(async () => close()).catch((error) => {
      if (error !== end) throw error
    })
  return {
    get areWaiting() {
      return open.size > 0
    },
    end(reason) {
      end = reason
      for (const reject of open) reject(reason)
    },
  }
})
