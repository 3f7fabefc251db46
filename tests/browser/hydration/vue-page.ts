import { rows } from '@rowsignal/core'
import { useLiveQuery, useReadable, useRow, useRows } from '@rowsignal/vue'
import { type App, createSSRApp, h } from 'vue'
import type { Todos } from './todos.ts'

function appOf(todos: Todos): App {
  return createSSRApp({
    setup() {
      const all = useRows(todos)
      const first = useRow(todos, 'a')
      const plain = useReadable(rows(todos))
      const query = useLiveQuery((q) => q.from({ todo: todos }))
      const item = (text: string) => h('li', text)
      return () =>
        h('ul', [
          item(all.status.value),
          item(query.status.value),
          item(`${plain.value.length}`),
          all.isLoading.value ? h('li', 'Loading') : h('b', first.value?.title),
          query.rows.value.map(({ title }) => item(title)),
        ])
    },
  })
}

export async function render(todos: Todos): Promise<string> {
  const { renderToString } = await import('vue/server-renderer')
  return renderToString(appOf(todos))
}

export function hydrate(todos: Todos, target: Element): void {
  appOf(todos).mount(target)
}
