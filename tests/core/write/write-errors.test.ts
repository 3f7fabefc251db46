import { createPowerSyncCollection, onWriteError, transact, writeErrors } from '@rowsignal/core'
import { expect, onTestFinished, test, vi } from 'vitest'
import { ours } from '../../../core/src/libraries/lock-holders.ts'
import { openDatabase } from '../../support/database.ts'
import { eventually } from '../../support/eventually.ts'
import { useTabLocks } from '../../support/tab-locks.ts'
import { insertTodos, schema } from '../../support/todos.ts'

async function openTodos(options: { lockWarnMs?: number } = {}) {
  const database = await openDatabase(schema)
  const todos = createPowerSyncCollection({
    database,
    table: schema.props.todos,
    id: 'todos',
    ...options,
  })
  await todos.preload()
  return { database, todos }
}

/** The row is in SQLite, and only there, so that an insert of it passes TanStack DB and fails in SQLite. */
async function forbidInserts(database: Awaited<ReturnType<typeof openDatabase>>): Promise<void> {
  await database.execute(
    "CREATE TEMP TRIGGER forbidden BEFORE INSERT ON ps_data__todos BEGIN SELECT RAISE(ABORT, 'forbidden'); END",
  )
}

test('a failed write is on the list until it is dismissed, and its promise rejects', async () => {
  const { database, todos } = await openTodos()
  await forbidInserts(database)
  const errors = writeErrors(database)
  const seen: number[] = []
  errors.subscribe((list) => seen.push(list.length))
  const write = transact(() => todos.insert([{ id: 'a' }, { id: 'b' }]))
  await expect(write.isPersisted.promise).rejects.toThrow('forbidden')
  const [error] = errors.get()
  expect(error?.writes).toEqual([
    { type: 'insert', collection: 'todos', key: 'a' },
    { type: 'insert', collection: 'todos', key: 'b' },
  ])
  expect(String(error?.error)).toContain('forbidden')
  expect(todos.size).toBe(0)
  error?.dismiss()
  expect(errors.get()).toEqual([])
  expect(seen).toEqual([0, 1, 0])
})

test('the list holds no values of the rows', async () => {
  const { database, todos } = await openTodos()
  await forbidInserts(database)
  const write = todos.insert({ id: 'a', title: 'a secret' })
  await expect(write.isPersisted.promise).rejects.toThrow('forbidden')
  expect(JSON.stringify(writeErrors(database).get())).not.toContain('secret')
})

test('a handler is told of every failed write of the app, and one that throws stops no other', async () => {
  const { database, todos } = await openTodos()
  await forbidInserts(database)
  const reported = vi.fn()
  vi.stubGlobal('reportError', reported)
  onTestFinished(() => void vi.unstubAllGlobals())
  const told: string[] = []
  onWriteError(database, () => {
    throw new Error('a broken handler')
  })
  const stop = onWriteError(database, ({ writes }) => told.push(...writes.map(({ key }) => key)))
  await todos.insert({ id: 'a' }).isPersisted.promise.catch(() => undefined)
  stop()
  await todos.insert({ id: 'b' }).isPersisted.promise.catch(() => undefined)
  expect(reported).toHaveBeenCalledTimes(2)
  expect(told).toEqual(['a'])
})

test('a write that cannot be serialised is on the list too', async () => {
  const { database, todos } = await openTodos()
  const write = todos.insert({ id: 'a' }, { metadata: { route: 'x' } })
  await expect(write.isPersisted.promise).rejects.toMatchObject({ code: 'metadata-not-tracked' })
  expect(writeErrors(database).get()).toMatchObject([{ error: { code: 'metadata-not-tracked' } }])
})

test('a write awaited inside a write lock of the app is told as lock-waiting, and goes through when the lock ends', async () => {
  const { database, todos } = await openTodos({ lockWarnMs: 20 })
  const errors = writeErrors(database)
  const told: unknown[] = []
  onWriteError(database, ({ error }) => told.push(error))
  let write: ReturnType<typeof todos.insert> | undefined
  await database.writeTransaction(async () => {
    write = todos.insert({ id: 'a', title: 'Pack' })
    // Waiting for its promise here would wait for good; the app learns of it while it waits.
    await eventually(() => expect(errors.get()).toHaveLength(1))
  })
  expect(told).toMatchObject([{ code: 'lock-waiting' }])
  expect(String(told[0])).toContain('writeTransaction')
  await write?.isPersisted.promise
  expect(errors.get()).toEqual([])
  expect(todos.get('a')).toMatchObject({ title: 'Pack', $synced: true })
})

test('a write that gets its lock in time is not told', async () => {
  const { database, todos } = await openTodos({ lockWarnMs: 2_000 })
  const told: unknown[] = []
  onWriteError(database, (error) => told.push(error))
  await todos.insert({ id: 'a' }).isPersisted.promise
  expect(told).toEqual([])
})

/** The warnings of the database's logger, which prints them to the console. */
function collectWarnings(): string[] {
  const warnings: string[] = []
  const spy = vi.spyOn(console, 'warn').mockImplementation((text) => warnings.push(String(text)))
  onTestFinished(() => spy.mockRestore())
  return warnings
}

async function openUnread(count: number) {
  const database = await openDatabase(schema)
  await insertTodos(database, count)
  const todos = createPowerSyncCollection({
    database,
    table: schema.props.todos,
    id: 'todos',
    lockWarnMs: 20,
  })
  return { database, todos }
}

test.each(['first', 'second'])(
  'the %s collection of a table that is read inside a write lock of the app is told of, and read when the lock ends',
  async (turn) => {
    const { database, todos } = await openUnread(3)
    if (turn === 'second') {
      await createPowerSyncCollection({ database, table: schema.props.todos }).preload()
    }
    const warnings = collectWarnings()
    let read: Promise<void> | undefined
    await database.writeTransaction(async () => {
      read = todos.preload()
      // Waiting for it here would wait for good.
      await eventually(() => expect(warnings).toHaveLength(1))
    })
    expect(warnings[0]).toMatch(/read of collection `todos`.*writeTransaction.*lock-waiting/)
    await read
    expect(todos.status).toBe('ready')
    expect(todos.size).toBe(3)
    expect(writeErrors(database).get()).toEqual([]) // it is no write
  },
)

test('so is a retry', async () => {
  const { database, todos } = await openUnread(3)
  await database.execute('ALTER TABLE ps_data__todos RENAME TO gone')
  await todos.preload().catch(() => undefined)
  expect(todos.status).toBe('error')
  await database.execute('ALTER TABLE gone RENAME TO ps_data__todos')
  const warnings = collectWarnings()
  await database.writeLock(async () => {
    todos.utils.retry()
    await eventually(() => expect(warnings).toHaveLength(1))
  })
  await eventually(() => expect(todos.status).toBe('ready'))
  expect(warnings[0]).toContain('lock-waiting')
})

test('a read that nobody waits for any more is not told', async () => {
  const { database, todos } = await openUnread(3)
  const other = createPowerSyncCollection({
    database,
    table: schema.props.lists,
    id: 'lists',
    lockWarnMs: 20,
  })
  const warnings = collectWarnings()
  await database.writeLock(async () => {
    todos.preload().catch(() => undefined)
    void todos.cleanup()
    other.startSyncImmediate() // asks later, so it is told after the time of the other
    await eventually(() => expect(warnings).toHaveLength(1))
  })
  expect(warnings[0]).toContain('`lists`')
})

test('what waits is told whose lock it waits for, and the app is blamed for its own alone', async () => {
  const { database, todos } = await openTodos({ lockWarnMs: 20 })
  const errors = writeErrors(database)
  const told = (): string => String(errors.get()[0]?.error)
  const waits = async (): Promise<void> => {
    void todos.insert({ id: crypto.randomUUID() })
    await eventually(() => expect(told()).toContain('lock-waiting'))
  }
  await database.writeLock(waits)
  await eventually(() => expect(errors.get()).toEqual([]))
  let text = ''
  await database.writeLock(async () => {
    await waits()
    text = told()
  })
  expect(text).toContain('of your own has had it')
  await eventually(() => expect(errors.get()).toEqual([]))
  const hold = ours('the read of a test', async () => {
    await waits()
    text = told()
  })
  await database.writeLock(hold)
  expect(text).toMatch(/waits for the read of a test, which has had it for \d+ ms/)
  expect(text).not.toContain('of your own')
  await eventually(() => expect(errors.get()).toEqual([]))
  // Past the database, as PowerSync itself and other tabs ask.
  await database.database.writeLock(async () => {
    await waits()
    text = told()
  })
  expect(text).toContain('another tab does, or PowerSync')
  expect(text).not.toContain('of your own')
})

test('writes that wait for each other are told of nothing, however long it takes', async () => {
  const { database, todos } = await openTodos({ lockWarnMs: 300 })
  const told: unknown[] = []
  onWriteError(database, ({ error }) => told.push(error))
  const began = performance.now()
  const slow = (): Promise<void> => new Promise((done) => setTimeout(done, 20)) // of a machine that is busy
  const others = Array.from({ length: 60 }, () => database.writeLock(ours('a slow write', slow)))
  const write = todos.insert({ id: 'a' })
  await Promise.all(others)
  await write.isPersisted.promise
  expect(performance.now() - began).toBeGreaterThan(300)
  expect(told).toEqual([])
})

test('nor are those that wait for the writes of other tabs', async () => {
  const { database, todos } = await openTodos({ lockWarnMs: 300 })
  const told: unknown[] = []
  onWriteError(database, ({ error }) => told.push(error))
  const began = performance.now()
  // Past the database, as other tabs ask.
  const others = Array.from({ length: 60 }, (_, index) =>
    database.database.writeLock(async (lock) => {
      await lock.execute('INSERT INTO todos (id) VALUES (?)', [`${index}`])
      await new Promise((done) => setTimeout(done, 20)) // a machine that is busy
    }),
  )
  const write = todos.insert({ id: 'a' })
  await Promise.all(others)
  await write.isPersisted.promise
  expect(performance.now() - began).toBeGreaterThan(300)
  expect(told).toEqual([])
})

/** Another tab is frozen while it has asked for SQLite. */
function freezeAnother(file: string): { thaw: () => void } {
  useTabLocks()
  const state = { thaw: (): void => undefined }
  const name = `frozen-in-call_${Date.now()} rowsignal_another ${file}`
  void navigator.locks.request(name, () => new Promise<void>((thaw) => (state.thaw = thaw)))
  return { thaw: () => state.thaw() }
}

/** The lock is held past the database, as another tab holds it. */
function holdElsewhere({ database }: Awaited<ReturnType<typeof openDatabase>>): () => void {
  let goOn = (): void => undefined
  void database.writeLock(() => new Promise<void>((done) => (goOn = done)))
  return () => goOn()
}

test('while a frozen tab has the file, what waits is told so instead, the developer once, until that tab goes on', async () => {
  const { database, todos } = await openTodos({ lockWarnMs: 1_000 })
  const slow = await openTodos({ lockWarnMs: 1_000 })
  const { thaw } = freezeAnother(database.database.name)
  const warnings = collectWarnings()
  const told = () =>
    writeErrors(database)
      .get()
      .map(({ error }) => String(error))
  const goOn = holdElsewhere(database)
  const writes = ['a', 'b'].map((id) => todos.insert({ id }))
  await eventually(() => expect(told()).toHaveLength(2))
  // For as long as another database, for whose file no frozen tab is, has to wait to be told of its lock.
  const goOnSlow = holdElsewhere(slow.database)
  const slowWrite = slow.todos.insert({ id: 'c' })
  await eventually(() => expect(warnings).toHaveLength(2))
  expect(warnings[0]).toContain('storage-held')
  expect(warnings[1]).toContain('lock-waiting')
  for (const message of told()) {
    expect(message).toContain(`\`${database.database.name}\` is held by another tab`)
    expect(message).toContain('(storage-held)')
  }
  expect(told()).toHaveLength(2)
  thaw()
  // What waits on, for the lock alone, may be told of it in the same moment.
  await eventually(() => expect(told().join()).not.toContain('storage-held'))
  goOn()
  goOnSlow()
  for (const write of [...writes, slowWrite]) await write.isPersisted.promise
  expect(told()).toEqual([])
})

test('a read that waits for a frozen tab is told the same', async () => {
  const { database, todos } = await openUnread(3)
  freezeAnother(database.database.name)
  const warnings = collectWarnings()
  const goOn = holdElsewhere(database)
  const read = todos.preload()
  await eventually(() => expect(warnings.join()).toContain('storage-held'))
  expect(writeErrors(database).get()).toEqual([])
  goOn()
  await read
})
