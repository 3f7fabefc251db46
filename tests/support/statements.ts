import type { LockContext } from '@powersync/common'
import type { PowerSyncDatabase } from '@powersync/node'
import { onTestFinished, vi } from 'vitest'

type Raw = Pick<LockContext, 'executeRaw'>

/** The statements that the connection of the database runs from now on, as the connection itself is given them. */
export async function logStatements(database: PowerSyncDatabase): Promise<string[]> {
  const log: string[] = []
  await database.writeLock(async (lock) => {
    let owner: object = lock
    while (!Object.hasOwn(owner, 'executeRaw')) owner = Object.getPrototypeOf(owner) as object
    const connection = owner as Raw
    const { executeRaw } = connection
    const spy = vi.spyOn(connection, 'executeRaw').mockImplementation(function (this: Raw, ...call) {
      log.push(call[0])
      return executeRaw.apply(this, call)
    })
    onTestFinished(() => spy.mockRestore())
  })
  return log
}
