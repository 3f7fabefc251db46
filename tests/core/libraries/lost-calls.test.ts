import { createConsoleLogger, LogLevels } from '@powersync/common'
import { WASQLiteOpenFactory } from '@powersync/web'
import { expect, onTestFinished, test } from 'vitest'
import { callsOf } from '../../../core/src/libraries/lost-calls.ts'
import { inMemory } from '../../support/in-memory.ts'

/** In memory and in this process. */
function openAdapter() {
  const adapter = new WASQLiteOpenFactory({
    open: inMemory(),
    logger: createConsoleLogger({ minLevel: LogLevels.error }),
  }).openDB()
  onTestFinished(() => adapter.close())
  return adapter
}

const kinds = {
  execute: (adapter) => adapter.execute('SELECT 1'),
  getAll: (adapter) => adapter.getAll('SELECT 1'),
  readTransaction: (adapter) => adapter.readTransaction((lock) => lock.get('SELECT 1')),
  writeTransaction: (adapter) => adapter.writeTransaction((lock) => lock.execute('SELECT 1')),
} satisfies Record<string, (adapter: ReturnType<typeof openAdapter>) => Promise<unknown>>

test.each(Object.entries(kinds))(
  'a call that waits when its database is lost rejects, and so does each after it: %s',
  async (_, call) => {
    const adapter = openAdapter()
    const calls = callsOf(adapter)
    expect(calls.areWaiting).toBe(false)
    await call(adapter)
    let held = (): void => undefined
    const isHeld = new Promise<void>((resolve) => (held = resolve))
    const holder = adapter.writeLock(async () => {
      held()
      await new Promise<never>(() => {})
    })
    await isHeld
    const waiting = call(adapter)
    const reason = new Error('lost')
    const rejected = Promise.all(
      [holder, waiting].map((asked) => expect(asked).rejects.toBe(reason)),
    )
    expect(calls.areWaiting).toBe(true)
    calls.end(reason)
    await rejected
    await expect(call(adapter)).rejects.toBe(reason)
    await adapter.close() // which would wait for its worker
  },
)

test('what a call gives or throws is that of the database', async () => {
  const adapter = openAdapter()
  callsOf(adapter)
  expect(await adapter.getAll('SELECT 1 AS one')).toEqual([{ one: 1 }])
  const own = new Error('of its own')
  await expect(adapter.writeLock(() => Promise.reject(own))).rejects.toBe(own)
})
