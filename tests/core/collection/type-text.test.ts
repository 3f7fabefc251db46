/** What TypeScript shows to somebody who hovers over a name, or has got an option wrong. */
import { expect, test } from 'vitest'
import { typeText } from '../../support/type-text.ts'

/** TypeScript reads a few hundred files first, which takes its time on a machine that has other work. In ms. */
const patience = 600_000

const head = `
import { column, Schema, Table } from '@powersync/common'
import type { PowerSyncDatabase } from '@powersync/node'
import {
  booleanColumn, createPowerSyncCollection, jsonColumn, liveQuery, powerSyncCollectionOptions, row, type RowOf, rows,
} from '@rowsignal/core'
import { createCollection, eq } from '@tanstack/db'
import { z } from 'zod'
declare const database: PowerSyncDatabase
const { notes } = new Schema({ notes: new Table({ title: column.text, done: column.integer }) }).props
`

const plain = '{ title: string | null; done: number | null; id: string; }'
const rich = '{ title: string[] | null; done: boolean | null; id: string; }'
const input = '{ id: string; title?: string | null; done?: number | null; }'

test(
  'hovers show the columns of a row, not how its type was made',
  () => {
    const { hover, errors } = typeText(`${head}
    const todos = createPowerSyncCollection({ database, table: notes })
    const tasks = createPowerSyncCollection({
      database, table: notes, columns: { done: booleanColumn(), title: jsonColumn<string[]>() },
    })
    const made = createCollection(powerSyncCollectionOptions({ database, table: notes }))
    const gotten = todos.get('a')
    const list = tasks.toArray
    const store = rows(todos)
    const single = row(tasks, 'a')
    type Todo = RowOf<typeof todos>
    type Task = RowOf<typeof tasks>
    const open = liveQuery((q) => q.from({ task: tasks }).where(({ task }) => eq(task.done, false)))
    type Open = RowOf<typeof open>
    const labels = liveQuery((q) => q.from({ task: tasks }).select(({ task }) => ({ key: task.id, tags: task.title })))
    type Label = RowOf<typeof labels>
  `)
    expect(errors).toEqual([])
    expect(hover('todos')).toBe(
      `const todos: PowerSyncCollection<StandardSchemaV1<${input}, ${plain}>>`,
    )
    expect(hover('gotten')).toBe(`const gotten: WithVirtualProps<${plain}, string> | undefined`)
    expect(hover('list')).toBe(`const list: WithVirtualProps<${rich}, string>[]`)
    expect(hover('store')).toBe(
      `const store: Readable<readonly WithVirtualProps<${plain}, string>[]>`,
    )
    expect(hover('single')).toBe(
      `const single: Readable<WithVirtualProps<${rich}, string> | undefined>`,
    )
    for (const name of ['todos', 'tasks', 'made', 'open', 'gotten', 'list', 'store', 'single']) {
      expect(hover(name)).not.toMatch(/BaseColumnType|RichColumn|TableRow|TableInput/)
    }
    expect(hover('Todo')).toBe(`type Todo = ${plain}`)
    expect(hover('Task')).toBe(`type Task = ${rich}`)
    expect(hover('Open')).toBe(`type Open = ${rich}`)
    expect(hover('Label')).toBe('type Label = { key: string; tags: string[] | null; }')
  },
  patience,
)

const mistakes: [mistake: string, named: string][] = [
  ['table: notes, columns: { nope: booleanColumn() }', '"the table has no column nope"'],
  ['table: notes, columns: { done: booleanColumn(), nope: booleanColumn() }', 'no column nope"'],
  ['table: notes, columns: { id: jsonColumn() }', '"the table has no column id"'],
  ['table: notes, columns: { done: jsonColumn() }', 'does not fit the type of column done"'],
  ['table: notes, columns: { title: booleanColumn() }', 'does not fit the type of column title"'],
  ["tableName: 'notes'", "'tableName' does not exist in type"],
  ["table: notes, tableName: 'notes'", "'tableName' does not exist in type"],
  ['table: notes, gctime: 3', "Did you mean to write 'gcTime'?"],
  ["table: notes, syncBatchSize: '3'", "Type 'string' is not assignable to type 'number'"],
  ["table: notes, syncMode: 'lazy'", 'Type \'"lazy"\' is not assignable'],
  ["table: 'notes'", "Type 'string' is not assignable to type 'Table<"],
  ['table: notes, serializer: {}', '"needs a `schema`"'],
  ['table: notes, schema: checked, columns: { done: booleanColumn() }', '"goes without `schema`"'],
  ["table: notes, schema: checked, tableName: 'notes'", "'tableName' does not exist in type"],
]

test.each(['createPowerSyncCollection', 'powerSyncCollectionOptions'])(
  'the first line of an error names the wrong option of %s',
  (name) => {
    const calls = mistakes.map(([mistake]) => `${name}({ database, ${mistake} })`)
    const { errors } = typeText(`${head}
      const checked = z.object({ id: z.string() })
      ${calls.join('\n')}
    `)
    expect(errors).toEqual(mistakes.map(([, named]) => expect.stringContaining(named) as string))
  },
  patience,
)

test(
  'only the observable entry declares Symbol.observable',
  () => {
    const use = 'export const key = Symbol.observable'
    const plain = "import { rows, toSignal } from '@rowsignal/core'\nexport { rows, toSignal }"
    expect(typeText(`${plain}\n${use}`).errors).toEqual([
      expect.stringContaining("Property 'observable' does not exist") as string,
    ])
    const asked =
      "import { toObservable } from '@rowsignal/core/observable'\nexport { toObservable }"
    expect(typeText(`${asked}\n${use}`).errors).toEqual([])
  },
  patience,
)
