/** A write that an effect makes while a change is being shown is persisted exactly once, in each framework. */
import { createPowerSyncCollection } from '@rowsignal/core'
import { useRows as useRowsInSolid } from '@rowsignal/solid'
import { useRows as useRowsInVue } from '@rowsignal/vue'
import { createComputed, createRoot } from 'solid-js'
import { expect, onTestFinished, test } from 'vitest'
import { effectScope, watch } from 'vue'
import { openDatabase } from '../support/database.ts'
import { eventually } from '../support/eventually.ts'
import { schema, type StoredTodos } from './contract.ts'
import { answerInSvelte } from './svelte/answer.svelte.ts'

type React = (todos: StoredTodos, answer: (count: number) => void) => () => void

const frameworks: [string, React][] = [
  [
    'Vue, by a synchronous watcher',
    (todos, answer) => {
      const scope = effectScope()
      scope.run(() => {
        const { size } = useRowsInVue(todos)
        watch(size, answer, { flush: 'sync' })
      })
      return () => scope.stop()
    },
  ],
  [
    'Solid, by a computation',
    (todos, answer) =>
      createRoot((dispose) => {
        const all = useRowsInSolid(todos)
        createComputed(() => answer(all.size))
        return dispose
      }),
  ],
  ['Svelte, by a pre-effect', answerInSvelte],
]

test.each(frameworks)('%s, a write in answer to a change is persisted once', async (_, react) => {
  const database = await openDatabase(schema)
  const todos = createPowerSyncCollection({ database, table: schema.props.todos })
  const lists = createPowerSyncCollection({ database, table: schema.props.lists })
  await Promise.all([todos.preload(), lists.preload()])
  const writes: Promise<unknown>[] = []
  onTestFinished(
    react(todos, (count) => {
      if (count === 0) return
      writes.push(lists.insert({ id: `for ${count}`, title: 'answer' }).isPersisted.promise)
    }),
  )
  await todos.insert({ id: 'mine' }).isPersisted.promise
  await database.execute("INSERT INTO todos(id) VALUES ('theirs')")
  await eventually(() => expect(writes).toHaveLength(2))
  await Promise.all(writes)
  const crud = await database.getAll<{ data: string }>('SELECT data FROM ps_crud ORDER BY id')
  const answers = crud
    .map(({ data }) => JSON.parse(data) as { type: string; id: string })
    .filter(({ type }) => type === 'lists')
  expect(answers.map(({ id }) => id)).toEqual(['for 1', 'for 2'])
  expect([...lists.keys()]).toEqual(['for 1', 'for 2'])
  expect(lists.toArray.every((row) => row.$synced)).toBe(true)
})
