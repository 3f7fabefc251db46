import { rows, type Seeds } from '@rowsignal/core'
import { provideSeeds, useLiveQuery, useReadable, useRow, useRows } from '@rowsignal/vue'
import type { InitialQueryBuilder } from '@tanstack/db'
import { type App, createSSRApp, h } from 'vue'
import type { Page, Todos } from './todos.ts'

function appOf(todos: Todos, seeds: readonly Seeds[]): App {
  return createSSRApp({
    setup() {
      provideSeeds(seeds)
      const all = useRows(todos)
      const first = useRow(todos, 'a')
      const plain = useReadable(rows(todos))
      const query = useLiveQuery(() => ({
        query: (q: InitialQueryBuilder) => q.from({ todo: todos }),
        queryKey: ['all'],
      }))
      const item = (text: string) => h('li', text)
      return () =>
        h('ul', [
          item(all.status.value),
          item(query.status.value),
          item(`${plain.value.length}`),
          all.isLoading.value && !all.isSeed.value
            ? h('li', 'Loading')
            : h('b', first.value?.title),
          query.rows.value.map(({ title }) => item(title)),
        ])
    },
  })
}

export async function render(todos: Todos, seeds: readonly Seeds[]): Promise<string> {
  const { renderToString } = await import('vue/server-renderer')
  return renderToString(appOf(todos, seeds))
}

export function hydrate({ todos, seeds, target }: Page): void {
  appOf(todos, seeds).mount(target)
}
