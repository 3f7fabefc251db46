/** Answers of the real connection that get lost: of statements about rows and records, as by a worker that died and came back. */
import type { LockContext } from '@powersync/common'
import type { PowerSyncDatabase } from '@powersync/node'

type Raw = Pick<LockContext, 'executeRaw'>

const isOurs = (sql: string): boolean =>
  /^\s*(SELECT|WITH|DELETE)[^]*("rowsignal_| AS stored)/.test(sql)

export class LostAnswers {
  #losses: { skip: number; isDone: boolean }[] = []
  #stop = (): void => undefined

  async watch(database: PowerSyncDatabase): Promise<void> {
    await database.writeLock(async (lock) => {
      let owner: object = lock
      while (!Object.hasOwn(owner, 'executeRaw')) owner = Object.getPrototypeOf(owner) as object
      const connection = owner as Raw
      const { executeRaw } = connection
      const takeLoss = (sql: string) => this.#take(sql)
      connection.executeRaw = async function (this: Raw, sql, parameters) {
        const loss = takeLoss(sql)
        if (loss === undefined) return executeRaw.call(this, sql, parameters)
        if (loss.isDone) await executeRaw.call(this, sql, parameters)
        throw new Error('answer lost')
      }
      this.#stop = () => {
        connection.executeRaw = executeRaw
      }
    })
  }

  /** @param skip So many statements are answered before. */
  lose(skip: number, isDone: boolean): void {
    this.#losses.push({ skip, isDone })
  }

  calm(): void {
    this.#losses = []
  }

  stop(): void {
    this.#stop()
  }

  #take(sql: string): { isDone: boolean } | undefined {
    const [loss] = this.#losses
    if (loss === undefined || !isOurs(sql) || loss.skip-- > 0) return undefined
    this.#losses.shift()
    return loss
  }
}
