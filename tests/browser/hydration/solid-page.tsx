import { rows, type Seeds } from '@rowsignal/core'
import { SeedProvider, useLiveQuery, useReadable, useRow, useRows } from '@rowsignal/solid'
import type { InitialQueryBuilder } from '@tanstack/db'
import { For, Show } from 'solid-js'
import { generateHydrationScript, hydrate as hydrateSolid, renderToString } from 'solid-js/web'
import type { Page, Todos } from './todos.ts'

function List(props: { readonly todos: Todos }) {
  const all = useRows(() => props.todos)
  const first = useRow(() => props.todos, 'a')
  const plain = useReadable(() => rows(props.todos))
  const query = useLiveQuery(() => ({
    query: (q: InitialQueryBuilder) => q.from({ todo: props.todos }),
    queryKey: ['all'],
  }))
  return (
    <ul>
      <li>{all.status}</li>
      <li>{query.status}</li>
      <li>{plain().length}</li>
      <Show when={all.isLoading && !all.isSeed} fallback={<b>{first()?.title}</b>}>
        <li>Loading</li>
      </Show>
      <For each={query()}>{(todo) => <li>{todo.title}</li>}</For>
    </ul>
  )
}

function App(props: { readonly todos: Todos; readonly seeds: readonly Seeds[] }) {
  return (
    <SeedProvider seeds={props.seeds}>
      <List todos={props.todos} />
    </SeedProvider>
  )
}

export function render(todos: Todos, seeds: readonly Seeds[]): string {
  return renderToString(() => <App todos={todos} seeds={seeds} />)
}

/** What a page of Solid needs before its own script. */
export const head = (): string => generateHydrationScript()

export function hydrate({ todos, seeds, target }: Page): void {
  hydrateSolid(() => <App todos={todos} seeds={seeds} />, target)
}
