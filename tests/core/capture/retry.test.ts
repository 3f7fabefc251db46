import { createPowerSyncCollection } from '@rowsignal/core'
import { expect, test, vi } from 'vitest'
import { openDatabase } from '../../support/database.ts'
import { eventually } from '../../support/eventually.ts'
import { insertTodos, schema, trackingObjects } from '../../support/todos.ts'

/** An `onLoad` that is done when the test says so. */
function slowHook() {
  const unload = vi.fn()
  let finish = (): void => undefined
  const onLoad = async () => {
    await new Promise<void>((resolve) => (finish = resolve))
    return unload
  }
  return { onLoad, finish: () => finish(), unload }
}

test('a collection waits for its onLoad and shows its rows meanwhile', async () => {
  const database = await openDatabase(schema)
  await database.execute("INSERT INTO todos(id, title) VALUES ('a', 'Pack')")
  const { onLoad, finish, unload } = slowHook()
  const todos = createPowerSyncCollection({ database, table: schema.props.todos, onLoad })
  todos.startSyncImmediate()
  await eventually(() => expect(todos.size).toBe(1))
  expect(todos.status).toBe('loading')
  finish()
  await eventually(() => expect(todos.status).toBe('ready'))
  expect(unload).not.toHaveBeenCalled()
  await todos.cleanup()
  expect(unload).toHaveBeenCalledOnce()
})

test('an onLoad that throws is an error until a retry runs it again', async () => {
  const database = await openDatabase(schema)
  const onLoad = vi.fn<() => void>()
  onLoad.mockImplementationOnce(() => {
    throw new Error('offline')
  })
  const todos = createPowerSyncCollection({ database, table: schema.props.todos, onLoad })
  todos.startSyncImmediate()
  await eventually(() => expect(todos.status).toBe('error'))
  expect(todos.utils.error).toMatchObject({
    code: 'load-hook-failed',
    cause: { message: 'offline' },
  })
  todos.utils.retry()
  await eventually(() => expect(todos.status).toBe('ready'))
  expect(todos.utils.error).toBeUndefined()
  expect(onLoad).toHaveBeenCalledTimes(2)
})

test('an onLoad that resolves after the clean-up is ended all the same', async () => {
  const database = await openDatabase(schema)
  const { onLoad, finish, unload } = slowHook()
  const todos = createPowerSyncCollection({ database, table: schema.props.todos, onLoad })
  todos.startSyncImmediate()
  await todos.cleanup()
  finish()
  await eventually(() => expect(unload).toHaveBeenCalledOnce())
})

test('a first read that fails is an error until a retry', async () => {
  const database = await openDatabase(schema)
  await database.execute("INSERT INTO todos(id, title) VALUES ('a', 'Pack')")
  // A stored row that is no JSON: what the read finds, no test can fake better.
  await database.execute("UPDATE ps_data__todos SET data = 'torn'")
  const todos = createPowerSyncCollection({ database, table: schema.props.todos })
  todos.startSyncImmediate()
  await eventually(() => expect(todos.status).toBe('error'))
  expect(todos.utils.error).toMatchObject({ code: 'capture-failed' })
  expect(todos.utils.error?.cause).toMatchObject({
    message: expect.stringContaining('JSON') as string,
  })
  await database.execute(`UPDATE ps_data__todos SET data = '{"title":"Go"}'`)
  todos.utils.retry()
  await eventually(() => expect(todos.status).toBe('ready'))
  expect(todos.get('a')).toMatchObject({ title: 'Go' })
  expect(todos.utils.error).toBeUndefined()
})

test('a trigger that cannot be made is an error until a retry, and nothing of it stays', async () => {
  const database = await openDatabase(schema)
  await database.execute("INSERT INTO todos(id, title) VALUES ('a', 'Pack')")
  await database.execute('ALTER TABLE ps_data__todos RENAME TO elsewhere')
  const todos = createPowerSyncCollection({ database, table: schema.props.todos })
  todos.startSyncImmediate()
  await eventually(() => expect(todos.utils.error).toMatchObject({ code: 'capture-failed' }))
  await database.execute('ALTER TABLE elsewhere RENAME TO ps_data__todos')
  todos.utils.retry()
  await eventually(() => expect(todos.status).toBe('ready'))
  expect(todos.get('a')).toMatchObject({ title: 'Pack' })
  await todos.cleanup()
  expect(await trackingObjects(database)).toEqual([])
})

test('a retry of a collection that is in step does nothing', async () => {
  const database = await openDatabase(schema)
  const onLoad = vi.fn()
  const todos = createPowerSyncCollection({ database, table: schema.props.todos, onLoad })
  await todos.preload()
  const statuses: string[] = []
  todos.on('status:change', ({ status }) => statuses.push(status))
  todos.utils.retry()
  await todos.insert({ id: 'a' }).isPersisted.promise
  expect(statuses).toEqual([])
  expect(onLoad).toHaveBeenCalledOnce()
})

test('a change whose drain is lost while a retried read runs is not lost', async () => {
  const database = await openDatabase(schema)
  await insertTodos(database, 20)
  await database.execute("UPDATE ps_data__todos SET data = 'torn' WHERE id = 't000010'")
  const todos = createPowerSyncCollection({
    database,
    table: schema.props.todos,
    syncBatchSize: 1,
  })
  todos.startSyncImmediate()
  await eventually(() => expect(todos.status).toBe('error'))
  await database.execute(
    `UPDATE ps_data__todos SET data = '{"title":"mended"}' WHERE id = 't000010'`,
  )
  const real = database.writeLock.bind(database)
  let lost = 0
  vi.spyOn(database, 'writeLock').mockImplementation(async (run) => {
    const found = await real(run)
    if (JSON.stringify(found)?.includes('"t000005"')) {
      await eventually(() => expect(lost).toBe(1)) // the answer of a chunk takes its time
    }
    const isDrain =
      found instanceof Map &&
      [...found.values()].some((rows: Map<string, unknown>) => rows.has('t000000'))
    if (!isDrain || lost > 0) return found
    lost++
    throw new Error('the worker died') // the records are read and gone
  })
  let written: Promise<unknown> | undefined
  todos.subscribeChanges(
    // The row that is shown has been read by now, and will not be again.
    () =>
      void (written ??= database.execute("UPDATE todos SET title = 'later' WHERE id = 't000000'")),
    { includeInitialState: false },
  )
  await database.execute("UPDATE todos SET title = 'first' WHERE id = 't000001'")
  todos.utils.retry()
  await eventually(() => expect(todos.status).toBe('ready'))
  await written
  await eventually(() => expect(todos.get('t000000')?.title).toBe('later'))
  expect(lost).toBe(1)
})
