import { createConsoleLogger, LogLevels } from '@powersync/common'
import { createPowerSyncCollection, transact, writeErrors } from '@rowsignal/core'
import { expect, onTestFinished, test, vi } from 'vitest'
import { openDatabase } from '../support/database.ts'
import { eventually } from '../support/eventually.ts'
import { schema } from '../support/todos.ts'

const secret = 'my-secret-value'

/** Everything that is printed while the test runs. */
function collectOutput(): () => string {
  const lines: string[] = []
  for (const method of ['debug', 'info', 'log', 'warn', 'error'] as const) {
    const spy = vi.spyOn(console, method).mockImplementation((...args: unknown[]) => {
      lines.push(
        args.map((arg) => (arg instanceof Error ? String(arg) : JSON.stringify(arg))).join(' '),
      )
    })
    onTestFinished(() => spy.mockRestore())
  }
  return () => lines.join('\n')
}

test('nothing that goes wrong logs or tells the contents of a row', async () => {
  const output = collectOutput()
  const database = await openDatabase(schema, { logLevel: LogLevels.trace })
  createConsoleLogger({ minLevel: LogLevels.trace }).log({
    level: LogLevels.info,
    message: 'heard',
  })
  const told: unknown[] = []
  const todos = createPowerSyncCollection({
    database,
    table: schema.props.todos,
    lockWarnMs: 1,
    onDeserializationError: (error) => told.push(error),
  })
  await todos.preload()
  // Refused at the call, refused by the core, refused by SQLite, a bad row, a write that waits.
  expect(() => todos.insert({ id: 'a', title: secret, weight: Number.NaN })).toThrow('weight')
  const tracked = todos.insert({ id: 'a', title: secret }, { metadata: { secret } })
  await expect(tracked.isPersisted.promise).rejects.toThrow('metadata-not-tracked')
  await database.execute(
    "CREATE TEMP TRIGGER refused BEFORE INSERT ON ps_data__todos BEGIN SELECT RAISE(ABORT, 'refused'); END",
  )
  const refused = transact(() => todos.insert({ id: 'a', title: secret }))
  await expect(refused.isPersisted.promise).rejects.toThrow('refused')
  await database.execute('DROP TRIGGER refused')
  await database.writeTransaction(async (lock) => {
    await lock.execute('INSERT INTO ps_data__todos(id, data) VALUES (?, ?)', [
      'bad',
      JSON.stringify({ title: secret, done: 2 ** 60 }),
    ])
    void todos.insert({ id: 'b', title: secret })
    await eventually(() => expect(output()).toContain('lock-waiting'))
  })
  await eventually(() => expect(todos.utils.badRows.has('bad')).toBe(true))
  expect(output()).toContain('heard')
  expect(output()).not.toContain(secret)
  const errors = writeErrors(database)
    .get()
    .map(({ error, ...rest }) => [String(error), rest])
  expect(JSON.stringify([told, [...todos.utils.badRows], errors])).not.toContain(secret)
  expect(told).toHaveLength(1)
})
