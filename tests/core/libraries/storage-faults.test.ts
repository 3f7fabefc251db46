import { createPowerSyncCollection, transact, writeErrors } from '@rowsignal/core'
import { expect, onTestFinished, test, vi } from 'vitest'
import { storageFault } from '../../../core/src/libraries/storage-faults.ts'
import { openDatabase } from '../../support/database.ts'
import { schema } from '../../support/todos.ts'

async function openTodos() {
  const database = await openDatabase(schema)
  const todos = createPowerSyncCollection({ database, table: schema.props.todos })
  await todos.preload()
  return { database, todos }
}

test('a write to a full database is rejected with `storage-full`, and writes work again with space', async () => {
  const { database, todos } = await openTodos()
  await todos.insert({ id: 'before', title: 'Pack' }).isPersisted.promise
  const { page_count } = await database.get<{ page_count: number }>('PRAGMA page_count')
  await database.execute(`PRAGMA max_page_count = ${page_count}`)
  const title = 'x'.repeat(100_000)
  const write = transact(() => {
    todos.insert({ id: 'small' })
    todos.insert({ id: 'large', title })
  })
  await expect(write.isPersisted.promise).rejects.toMatchObject({ code: 'storage-full' })
  expect(writeErrors(database).get()).toMatchObject([{ error: { code: 'storage-full' } }])
  expect([...todos.keys()]).toEqual(['before'])
  const other = createPowerSyncCollection({ database, table: schema.props.todos })
  await other.preload() // reading goes on
  expect(other.size).toBe(1)
  await database.execute('PRAGMA max_page_count = 1000000')
  await todos.insert({ id: 'large', title }).isPersisted.promise
  expect(await database.getAll('SELECT id FROM todos ORDER BY id')).toEqual([
    { id: 'before' },
    { id: 'large' },
  ])
})

test('an I/O error is `storage-full` only where the browser has no more space to give', async () => {
  const error = new Error('disk I/O error')
  expect(await storageFault(error)).toBe(error)
  const write = vi.fn(() => Promise.resolve())
  const writable = { write, close: () => Promise.resolve() }
  const file = { createWritable: () => Promise.resolve(writable) }
  const removeEntry = vi.fn(() => Promise.resolve())
  const folder = { getFileHandle: () => Promise.resolve(file), removeEntry }
  vi.stubGlobal('navigator', { storage: { getDirectory: () => Promise.resolve(folder) } })
  onTestFinished(() => void vi.unstubAllGlobals())
  expect(await storageFault(error)).toBe(error)
  write.mockRejectedValueOnce(new DOMException('no space', 'QuotaExceededError'))
  expect(await storageFault(error)).toMatchObject({ code: 'storage-full', cause: error })
  expect(removeEntry).toHaveBeenCalledTimes(2)
  expect(await storageFault(new Error('UNIQUE constraint failed'))).toBeInstanceOf(Error)
  expect(await storageFault(undefined)).toBeUndefined()
})

const taken = (): Error =>
  new DOMException('Access Handles cannot be created', 'NoModificationAllowedError')

test('a write that finds the file taken by another tab is tried again', async () => {
  const { database, todos } = await openTodos()
  const asked = vi.spyOn(database, 'writeTransaction')
  for (let turn = 0; turn < 2; turn++) asked.mockRejectedValueOnce(taken())
  await todos.insert({ id: 'a', title: 'Pack' }).isPersisted.promise
  expect(asked).toHaveBeenCalledTimes(3)
  expect(await database.getAll('SELECT id, title FROM todos')).toEqual([{ id: 'a', title: 'Pack' }])
  asked.mockRejectedValue(taken()) // for good
  await expect(todos.insert({ id: 'b' }).isPersisted.promise).rejects.toThrow('Access Handles')
  expect([...todos.keys()]).toEqual(['a'])
  asked.mockRestore()
})

test('so is a read, and the trigger of a collection', async () => {
  const database = await openDatabase(schema)
  await database.execute("INSERT INTO todos(id) VALUES ('a')")
  const todos = createPowerSyncCollection({ database, table: schema.props.todos })
  const asked = vi.spyOn(database, 'writeLock')
  asked.mockRejectedValueOnce(taken())
  await todos.preload()
  asked.mockRejectedValueOnce(taken()).mockRejectedValueOnce(taken())
  todos.utils.retry()
  await createPowerSyncCollection({ database, table: schema.props.todos }).preload()
  expect(todos.status).toBe('ready')
  expect(todos.size).toBe(1)
  asked.mockRestore()
})
