import { rows, type Seeds } from '@rowsignal/core'
import { SeedProvider, suspend, useLiveQuery, useReadable, useRow, useRows } from '@rowsignal/solid'
import type { InitialQueryBuilder } from '@tanstack/db'
import { For, Show, Suspense } from 'solid-js'
import { hydrate as hydrateSolid, renderToStringAsync } from 'solid-js/web'
import type { Page, Todos } from './todos.ts'

export { head } from './solid-page.tsx'

function List(props: { readonly todos: Todos }) {
  const all = suspend(useRows(() => props.todos))
  const first = suspend(useRow(() => props.todos, 'a'))
  const plain = useReadable(() => rows(props.todos))
  const query = suspend(
    useLiveQuery(() => ({
      query: (q: InitialQueryBuilder) => q.from({ todo: props.todos }),
      queryKey: ['all'],
    })),
  )
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
      <Suspense fallback={<ul>Waiting</ul>}>
        <List todos={props.todos} />
      </Suspense>
    </SeedProvider>
  )
}

export function render(todos: Todos, seeds: readonly Seeds[]): Promise<string> {
  return renderToStringAsync(() => <App todos={todos} seeds={seeds} />)
}

export function hydrate({ todos, seeds, target }: Page): void {
  hydrateSolid(() => <App todos={todos} seeds={seeds} />, target)
}
