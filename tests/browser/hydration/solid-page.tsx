import { rows } from '@rowsignal/core'
import { useLiveQuery, useReadable, useRow, useRows } from '@rowsignal/solid'
import { For, Show } from 'solid-js'
import { generateHydrationScript, hydrate as hydrateSolid, renderToString } from 'solid-js/web'
import type { Todos } from './todos.ts'

function List(props: { readonly todos: Todos }) {
  const all = useRows(() => props.todos)
  const first = useRow(() => props.todos, 'a')
  const plain = useReadable(() => rows(props.todos))
  const query = useLiveQuery((q) => q.from({ todo: props.todos }))
  return (
    <ul>
      <li>{all.status}</li>
      <li>{query.status}</li>
      <li>{plain().length}</li>
      <Show when={all.isLoading} fallback={<b>{first()?.title}</b>}>
        <li>Loading</li>
      </Show>
      <For each={query()}>{(todo) => <li>{todo.title}</li>}</For>
    </ul>
  )
}

export function render(todos: Todos): string {
  return renderToString(() => <List todos={todos} />)
}

/** What a page of Solid needs before its own script. */
export const head = (): string => generateHydrationScript()

export function hydrate(todos: Todos, target: Element): void {
  hydrateSolid(() => <List todos={todos} />, target)
}
