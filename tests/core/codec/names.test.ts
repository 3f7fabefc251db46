import { column, LogLevels, Schema, Table } from '@powersync/common'
import type { PowerSyncDatabase } from '@powersync/node'
import { bigintColumn, createPowerSyncCollection, isRowsignalError } from '@rowsignal/core'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { openDatabase } from '../../support/database.ts'
import { eventually } from '../../support/eventually.ts'

interface Named {
  readonly table: string
  readonly viewName: string | undefined
  readonly columns: readonly string[]
}

/** The SDK warns of names that its own check refuses, and opens the database all the same. */
const logLevel = LogLevels.error

/** Words of SQL, of our own statements and of JavaScript. */
const words = `
  change target wanted shown recorded stored place bytes position rows last changed chunk
  c0 c1 value key type atom parent rowid oid _rowid_ data new old NEW excluded main temp
  row select order group values default null true truth iif hex json id2 constructor
  toString hasOwnProperty length then 0 01 -1 $ $a
`
  .trim()
  .split(/\s+/)
/** What the SDK's own check lets through, and some that SQLite has to quote. */
const word = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...words) },
  fc
    .string({ unit: 'grapheme', minLength: 1, maxLength: 6 })
    .filter((text) => !/["'%,.#\s[\]]/.test(text)),
  fc.stringMatching(/^[\w$]{1,6}$/),
)
/** Made by PowerSync or SQLite already, so that no view can have the name. */
const isFree = (name: string): boolean => !/^(?:ps_|sqlite_|powersync_|json_|pragma_)/i.test(name)

const named = fc
  .uniqueArray(
    fc.record({
      table: word.filter(isFree),
      viewName: fc.option(word.filter(isFree), { nil: undefined }),
      columns: fc.uniqueArray(
        word.filter((name) => name.toLowerCase() !== 'id'),
        { minLength: 1, maxLength: 4, selector: (name) => name.toLowerCase() },
      ),
    }),
    { minLength: 8, maxLength: 8, selector: ({ table }) => table.toLowerCase() },
  )
  .filter((tables) => {
    const views = tables.map(({ table, viewName }) => (viewName ?? table).toLowerCase())
    return new Set(views).size === views.length
  })

const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`

/** Reads and writes a table in every way; what its collection holds must be what SQLite has. */
async function assertInStep(
  database: PowerSyncDatabase,
  { viewName, columns }: Named,
  table: Table,
) {
  const view = quoted(viewName!)
  const [first = '', ...others] = columns
  const values = (value: string) => Object.fromEntries(columns.map((name) => [name, value]))
  await database.execute(
    `INSERT INTO ${view}(id, ${quoted(first)}, a_number) VALUES ('stored', '1', 9007199254740993)`,
  )
  const rows = createPowerSyncCollection({
    database,
    table,
    columns: { a_number: bigintColumn() } as never, // inexact: it is read through the view
  })
  const inStep = async (): Promise<void> => {
    const selected = await database.getAll<Record<string, unknown>>(
      `SELECT ${['id', ...columns].map(quoted).join(', ')} FROM ${view} ORDER BY id`,
    )
    const shown = rows.toArray.map((row) =>
      Object.fromEntries(['id', ...columns].map((name) => [name, Reflect.get(row, name)])),
    )
    expect(shown).toEqual(selected)
  }
  await rows.preload()
  await inStep()
  expect(rows.get('stored')).toMatchObject({ a_number: 9007199254740993n })
  const row = { id: 'own', ...values('A') } as never
  await rows.insert(row).isPersisted.promise
  await rows.update('own', (draft) => void Object.assign(draft, values('B'))).isPersisted.promise
  await inStep()
  expect(rows.get('own')).toMatchObject(values('B'))
  await database.execute(
    `UPDATE ${view} SET ${[first, ...others].map((name) => `${quoted(name)} = 'C'`).join(', ')}`,
  )
  await eventually(() => expect(rows.get('own')).toMatchObject(values('C')))
  await inStep()
  await rows.delete('own').isPersisted.promise
  await database.execute(`DELETE FROM ${view}`)
  await eventually(inStep)
  await rows.cleanup()
}

test('a table is in step whatever it, its view and its columns are called, or refused when the collection is made', async () => {
  let followed = 0
  await fc.assert(
    fc.asyncProperty(named, async (tables) => {
      const schema = new Schema(
        Object.fromEntries(
          tables.map(({ table, viewName, columns }) => {
            const definition = Object.fromEntries(columns.map((name) => [name, column.text]))
            const options = viewName === undefined ? {} : { viewName }
            return [table, new Table({ ...definition, a_number: column.integer }, options)]
          }),
        ),
      )
      const database = await openDatabase(schema, { logLevel })
      for (const { table: name, viewName = name, columns } of tables) {
        const table = schema.props[name]!
        try {
          createPowerSyncCollection({ database, table })
        } catch (error) {
          if (!isRowsignalError(error, 'table-unsupported')) throw error
          const isOdd = (text: string): boolean => /[^\w$\u0080-\uffff]/.test(text)
          expect(isOdd(name) || columns.includes('true')).toBe(true)
          continue
        }
        await assertInStep(database, { table: name, viewName, columns }, table)
        followed++
      }
      await database.close()
    }),
    { numRuns: Number(process.env['NAMES_RUNS'] ?? 5) },
  )
  expect(followed).toBeGreaterThan(0)
}, 600_000)

test.each([
  'time-entries',
  'a b',
  'a@b',
  'a+b',
  'f(x)',
  'a;b',
  'a/*',
  "it's",
  'a"b',
  'a.b',
  '[a]',
  '`a`',
])('a table named %s is refused, with what to call it', async (name) => {
  const schema = new Schema({ [name]: new Table({ title: column.text }) })
  const database = await openDatabase(schema, { logLevel })
  expect(() => createPowerSyncCollection({ database, table: schema.props[name]! })).toThrow(
    /letters, digits, `_` and `\$`.*table-unsupported/,
  )
})

test.each(['time-entries', 'a b', 'a@b', 'a+b', 'f(x)', 'change', 'target', 'select'])(
  'a view may be named %s',
  async (viewName) => {
    const schema = new Schema({
      entries: new Table({ title: column.text, a_number: column.integer }, { viewName }),
    })
    const database = await openDatabase(schema, { logLevel })
    const table = schema.props.entries
    await assertInStep(database, { table: 'entries', viewName, columns: ['title'] }, table)
  },
)

test.each([
  ['', 'title'],
  ['true', 'title'],
  ['False', 'title'],
  ['ID', 'title'],
  ['title', 'Title'],
  ['__proto__', 'title'],
  ['$synced', 'title'],
  ['$key', 'title'],
])('columns named %j and %j are refused', async (...names) => {
  const columns = Object.fromEntries(names.map((name) => [name, column.text]))
  const schema = new Schema({ todos: new Table(columns) })
  const database = await openDatabase(schema, { logLevel })
  expect(() => createPowerSyncCollection({ database, table: schema.props.todos })).toThrow(
    'table-unsupported',
  )
})
