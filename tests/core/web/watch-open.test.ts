import { expect, onTestFinished, test, vi } from 'vitest'
import type { Database } from '../../../core/src/libraries/powersync.ts'
import { watchOpen } from '../../../core/src/web/watch-open.ts'
import { eventually } from '../../support/eventually.ts'
import { openDatabase } from '../../support/database.ts'
import { useTabLocks } from '../../support/tab-locks.ts'
import { schema } from '../../support/todos.ts'

/** One that is never ready, of this name. */
const stuck = (name: string): Database =>
  ({ database: { name }, waitForReady: () => new Promise(() => undefined) }) as unknown as Database

test('an open that takes long is told once, with the locks that it waits for', async () => {
  useTabLocks()
  void navigator.locks.request('db-lock-app.db', () => new Promise(() => undefined))
  const told = vi.fn()
  onTestFinished(watchOpen(stuck('app.db'), told, 10))
  onTestFinished(watchOpen(stuck('other.db'), told, 10))
  await eventually(() => expect(told).toHaveBeenCalledTimes(2))
  expect(told.mock.calls[0]).toMatchObject([{ code: 'open-waiting' }])
  expect(String(told.mock.calls[0])).toMatch(/`app\.db`.*waits for db-lock-app\.db: another tab/)
  expect(String(told.mock.calls[1])).toMatch(/`other\.db`.*No other tab/)
})

test('an open that is done, or no longer watched, is not told', async () => {
  const told = vi.fn()
  const last = vi.fn()
  watchOpen(stuck('app.db'), told, 10)()
  const database = await openDatabase(schema)
  await new Promise<void>((done) => {
    watchOpen(database, told, 10)
    onTestFinished(watchOpen(stuck('app.db'), () => done(last()), 50)) // later than both
  })
  expect(last).toHaveBeenCalledOnce()
  expect(told).not.toHaveBeenCalled()
})
