import type { LockContext } from '@powersync/common'
import type { PowerSyncDatabase } from '@powersync/node'
import { onTestFinished, vi } from 'vitest'

type Raw = Pick<LockContext, 'executeRaw'>

interface StatementLog extends Array<string> {
  /** Ends the log, and the faults. */
  stop(): void
}

/**
 * The statements that the connection of the database runs from now on, as the connection itself is given them.
 *
 * @param fails Which of them fail instead, by a message of their own if it is one.
 */
export async function logStatements(
  database: PowerSyncDatabase,
  fails: (sql: string, parameters?: unknown[]) => boolean | string = () => false,
): Promise<StatementLog> {
  const log = Object.assign([] as string[], { stop: () => undefined as void })
  await database.writeLock(async (lock) => {
    let owner: object = lock
    while (!Object.hasOwn(owner, 'executeRaw')) owner = Object.getPrototypeOf(owner) as object
    const connection = owner as Raw
    const { executeRaw } = connection
    const spy = vi.spyOn(connection, 'executeRaw').mockImplementation(function (
      this: Raw,
      sql,
      parameters,
    ) {
      log.push(sql)
      const failure = fails(sql, parameters)
      if (failure !== false)
        return Promise.reject(new Error(failure === true ? 'injected' : failure))
      return executeRaw.call(this, sql, parameters)
    })
    log.stop = () => spy.mockRestore()
    onTestFinished(() => log.stop())
  })
  return log
}
