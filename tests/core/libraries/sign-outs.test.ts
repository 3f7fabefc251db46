import { signOut } from '@rowsignal/core'
import { expect, test } from 'vitest'
import { onSignOut } from '../../../core/src/libraries/sign-outs.ts'
import { openDatabase } from '../../support/database.ts'
import { schema } from '../../support/todos.ts'

async function open() {
  const database = await openDatabase(schema)
  await database.execute("INSERT INTO todos(id) VALUES ('a')")
  const count = async () => (await database.getAll('SELECT id FROM todos')).length
  return { database, count }
}

type Opened = Awaited<ReturnType<typeof open>>
const ways: Record<string, (database: Opened['database']) => Promise<unknown>> = {
  'signOut that keeps': (database) => signOut(database, { pending: 'keep' }),
  'signOut that discards': (database) => signOut(database, { pending: 'discard' }),
  disconnectAndClear: (database) => database.disconnectAndClear({ clearLocal: true }),
}

test.each(Object.keys(ways))('%s waits for all who listen, before a row is gone', async (way) => {
  const { database, count } = await open()
  const told: number[] = []
  for (const _ of [1, 2]) onSignOut(database, async () => void told.push(await count()))
  await ways[way]!(database)
  expect(new Set(told)).toEqual(new Set([1]))
  expect(await count()).toBe(way.endsWith('keeps') ? 1 : 0)
})

test('what can’t be dropped keeps the database from being cleared, and says why', async () => {
  const { database, count } = await open()
  const failure = new Error('the storage is gone')
  onSignOut(database, () => Promise.reject(failure))
  await expect(database.disconnectAndClear()).rejects.toBe(failure)
  expect(await count()).toBe(1)
})

test('a database that nobody listens to is signed out of as ever', async () => {
  const { database, count } = await open()
  await signOut(database, { pending: 'discard' })
  expect(await count()).toBe(0)
})
