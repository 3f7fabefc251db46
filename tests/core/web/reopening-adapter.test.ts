import { createConsoleLogger, type DBAdapter, LogLevels } from '@powersync/common'
import { expect, onTestFinished, test, vi } from 'vitest'
import { ReopeningAdapter } from '../../../core/src/web/reopening-adapter.ts'
import { inMemory } from '../../support/in-memory.ts'

/** In memory and in this process: what is opened again is empty. */
async function openAdapter(
  onPrepared: (opened: DBAdapter) => Promise<void> | void = () => undefined,
) {
  const prepared: string[] = []
  const told: string[] = []
  const adapter = new ReopeningAdapter({
    open: inMemory(),
    logger: createConsoleLogger({ minLevel: LogLevels.error }),
    prepare: async (opened) => {
      prepared.push('again')
      await opened.execute('CREATE TABLE notes (id TEXT PRIMARY KEY)')
      await onPrepared(opened)
    },
    hasTabs: () => false,
    tables: () => ['notes'],
    faulted: () => undefined,
    removed: () => undefined,
  })
  onTestFinished(() => adapter.close())
  adapter.registerListener({
    tablesUpdated: ({ tables }: { tables: string[] }) => told.push(...tables),
    connectionLeft: () => told.push('left'),
    connectionReplaced: () => told.push('replaced'),
  } as object)
  await adapter.execute('CREATE TABLE notes (id TEXT PRIMARY KEY)')
  const add = (id: string) => adapter.writeTransaction((lock) => addNote(lock, id))
  const notes = async () =>
    (await adapter.getAll<{ id: string }>('SELECT id FROM notes ORDER BY rowid')).map(
      ({ id }) => id,
    )
  return { adapter, add, notes, prepared, told }
}

const addNote = (
  lock: { execute(sql: string, parameters: unknown[]): Promise<unknown> },
  id: string,
) => lock.execute('INSERT INTO notes VALUES (?)', [id])

/** A promise that settles when it is told to. */
function gate() {
  let open = (): void => undefined
  const opened = new Promise<void>((resolve) => {
    open = resolve
  })
  return { open, opened }
}

test('another connection is made ready before anybody uses it, and its tables are told', async () => {
  const { adapter, notes, prepared, told } = await openAdapter()
  expect(prepared).toEqual([])
  adapter.replace()
  expect(await notes()).toEqual([])
  expect(prepared).toEqual(['again'])
  expect(told.slice(-2)).toEqual(['replaced', 'notes'])
})

test('what has begun and stored nothing is run again, before what waits, in the order of the asking', async () => {
  const { adapter, add, notes } = await openAdapter()
  const begun = gate()
  const never = new Promise<never>(() => {})
  let runs = 0
  const first = adapter.writeTransaction(async (lock) => {
    await addNote(lock, `first-${++runs}`)
    begun.open()
    if (runs === 1) await never
  })
  const others = ['second', 'third'].map((id) => add(id))
  await begun.opened
  adapter.replace()
  const later = add('later')
  await Promise.all([first, ...others, later])
  expect(await notes()).toEqual(['first-2', 'second', 'third', 'later'])
})

test.each([
  ['a statement of its own', 'INSERT INTO notes VALUES (1)'],
  ['a COMMIT that is not answered', 'BEGIN; INSERT INTO notes VALUES (1); COMMIT'],
])('what may have stored something is not run again: %s', async (_, sql) => {
  const { adapter } = await openAdapter()
  const begun = gate()
  let runs = 0
  const write = adapter.writeLock(async (lock) => {
    runs++
    for (const statement of sql.split('; ')) await lock.execute(statement)
    begun.open()
    await new Promise<never>(() => {})
  })
  const rejected = expect(write).rejects.toMatchObject({ code: 'database-lost' })
  await begun.opened
  adapter.replace()
  await rejected
  expect(runs).toBe(1)
})

test('while the connection is left nothing is answered, and afterwards everything', async () => {
  const { adapter, add, notes, told } = await openAdapter()
  adapter.leave()
  expect(told).toContain('left')
  const waiting = add('waiting')
  const state = await Promise.race([waiting.then(() => 'stored'), Promise.resolve('waits')])
  expect(state).toBe('waits')
  adapter.replace()
  await waiting
  expect(await notes()).toEqual(['waiting'])
})

test('what a statement fails by since its connection was left is told to nobody, and its lock is run again', async () => {
  const { adapter, add, notes } = await openAdapter()
  const [begun, left] = [gate(), gate()]
  let runs = 0
  const write = adapter.writeLock(async (lock) => {
    if (++runs > 1) return addNote(lock, 'again')
    begun.open()
    await left.opened
    return lock.execute('SELECT what_a_worker_rejects')
  })
  let outcome = 'waits'
  write.then(
    () => (outcome = 'stored'),
    (error: unknown) => (outcome = String(error)),
  )
  await begun.opened
  adapter.leave()
  left.open()
  for (let turn = 0; turn < 10; turn++) await new Promise((resolve) => setImmediate(resolve))
  expect(outcome).toBe('waits')
  adapter.replace()
  await add('last')
  expect(outcome).toBe('stored')
  expect(await notes()).toEqual(['again', 'last'])
})

/** So a worker says that it has let go of a connection. */
const letGo = 'Client has already been closed'

test('a connection that its worker has let go of is replaced, and what was asked of it is told of the next', async () => {
  const { adapter, add, notes, told } = await openAdapter()
  const { adapter: opened } = await adapter.opened()
  await opened.close()
  await expect(opened.execute('SELECT 1')).rejects.toThrow(letGo)
  await Promise.all([add('one'), add('other')])
  expect(await notes()).toEqual(['one', 'other'])
  expect(told.filter((what) => what === 'replaced')).toHaveLength(1)
})

test('a connection that its worker lets go of while it is made ready is opened anew', async () => {
  let closings = 0
  const { adapter, add, notes, prepared } = await openAdapter(async (opened) => {
    if (++closings > 2) return
    await opened.close()
    await opened.execute('SELECT 1')
  })
  adapter.replace()
  await add('one')
  expect(await notes()).toEqual(['one'])
  expect(prepared).toHaveLength(3)
})

test('what waits while the database is closed is rejected, also where the worker has let go of the connection', async () => {
  const { adapter, add } = await openAdapter()
  const { adapter: opened } = await adapter.opened()
  await opened.close()
  const closing = adapter.close()
  await expect(add('late')).rejects.toThrow('the database is closed')
  await closing
})

test('a page that is left and comes back at the moment when a connection is ready goes on with another', async () => {
  // In whichever step of what follows: one that was given up must not be taken, for nobody would give it up again.
  for (let steps = 0; steps < 30; steps++) {
    const leaveAndComeBack = async (): Promise<void> => {
      for (let step = 0; step < steps; step++) await Promise.resolve()
      if (isOver) return
      isOver = true
      adapter.leave()
      adapter.replace()
    }
    const { adapter, add, notes } = await openAdapter(() => void leaveAndComeBack())
    let isOver = false
    adapter.replace()
    await add('first')
    expect(await notes()).toEqual(['first'])
  }
})

test('what a lock throws of its own is thrown, and the lock is free', async () => {
  const { adapter, add, notes } = await openAdapter()
  const own = new Error('of its own')
  await expect(adapter.writeTransaction(() => Promise.reject(own))).rejects.toBe(own)
  await add('next')
  expect(await notes()).toEqual(['next'])
})

test('a connection that fails again and again for no reason that it tells is given up', async () => {
  const { adapter, add, notes, told } = await openAdapter()
  const fail = () => adapter.writeLock(() => Promise.reject(new Error('disk I/O error')))
  const count = (): number => told.filter((what) => what === 'replaced').length
  await expect(fail()).rejects.toThrow()
  await expect(fail()).rejects.toThrow()
  await add('between') // it has passed
  await expect(fail()).rejects.toThrow()
  await expect(fail()).rejects.toThrow()
  expect(count()).toBe(0)
  await expect(fail()).rejects.toThrow()
  expect(count()).toBe(1)
  await add('after')
  expect(await notes()).toEqual(['after'])
})

const taken = new DOMException('', 'NoModificationAllowedError')

/** The next lock of the connection is one in which the first statement after `passed` ones finds the file taken. */
async function refuse(adapter: ReopeningAdapter, passed = 0): Promise<void> {
  const connection = await adapter.opened()
  const writeLock = connection.adapter.writeLock.bind(connection.adapter)
  let left = passed
  vi.spyOn(connection.adapter, 'writeLock').mockImplementationOnce((run) =>
    writeLock((lock) => {
      const executeRaw = lock.executeRaw.bind(lock)
      lock.executeRaw = (...statement) =>
        left-- > 0 ? executeRaw(...statement) : Promise.reject(taken)
      return run(lock)
    }),
  )
}

test('a connection that is refused the file is given up at once, for it may have a part of it, and what found it so is done on the next', async () => {
  const { adapter, notes, told } = await openAdapter()
  await refuse(adapter)
  await adapter.execute('INSERT INTO notes VALUES (?)', ['a'])
  await refuse(adapter)
  await adapter.writeLock((lock) => lock.execute('INSERT INTO notes VALUES (?)', ['b']))
  expect(told.filter((what) => what === 'replaced')).toHaveLength(2)
  expect(await notes()).toEqual(['b'])
})

test('if an earlier statement of the same lock may be stored, that is told', async () => {
  const { adapter, told } = await openAdapter()
  await refuse(adapter, 1)
  const twice = adapter.writeLock(async (lock) => {
    await lock.execute('INSERT INTO notes VALUES (?)', ['a'])
    await lock.execute('INSERT INTO notes VALUES (?)', ['b'])
  })
  await expect(twice).rejects.toMatchObject({ code: 'database-lost' })
  expect(told).toContain('replaced')
})

test('what an app throws in a lock is not taken for that', async () => {
  const { adapter, told } = await openAdapter()
  await expect(adapter.writeLock(() => Promise.reject(taken))).rejects.toBe(taken)
  expect(told).not.toContain('replaced')
})
