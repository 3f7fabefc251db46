import { seed } from '@rowsignal/core'
import { SeedProvider, useRows } from '@rowsignal/solid'
import { createAsync, query } from '@solidjs/router'
import { For, Show } from 'solid-js'
import { todos } from '../db.ts'
import { readTodos } from '../todos.ts'

const readPage = query(async () => {
  'use server'
  return { todos: readTodos() }
}, 'page')

export default function Page() {
  const page = createAsync(() => readPage())
  return (
    <Show when={page()}>
      {(read) => (
        <SeedProvider seeds={[seed(todos, read().todos)]}>
          <List />
        </SeedProvider>
      )}
    </Show>
  )
}

function List() {
  const rows = useRows(todos)
  const add = () => todos.insert({ id: crypto.randomUUID(), title: 'Added', done: 0 })
  return (
    <>
      <h1>SolidStart</h1>
      <p>
        {rows.status}
        {rows.isSeed ? ', of the server' : ''}
      </p>
      <ul>
        <For each={rows()}>{(todo) => <li>{todo.title}</li>}</For>
      </ul>
      <button onClick={add}>Add</button>
    </>
  )
}
