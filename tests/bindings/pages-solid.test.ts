import { useLiveInfiniteQuery, usePages } from '@rowsignal/solid'
import type { InitialQueryBuilder } from '@tanstack/db'
import { createComponent, createSignal, For, type JSX } from 'solid-js'
import type { Todo } from '../support/synced-collection.ts'
import type { Answer } from './contract.ts'
import { mountSolid as mount, solidNode as node } from './mount-solid.ts'
import { type InfiniteFields, testPages } from './pages-suite.ts'

function Row(props: { row: Readonly<Todo>; log: (entry: string) => void }): JSX.Element {
  return node('li', () => {
    props.log(`row ${props.row.id}`)
    return props.row.title
  })
}

const list = (rows: () => readonly Readonly<Todo>[], log: (entry: string) => void) =>
  node('ul', () =>
    For({
      get each() {
        return rows()
      },
      children: (row) => createComponent(Row, { row, log }),
    }),
  )

testPages({
  box(value) {
    const [read, write] = createSignal(value)
    return {
      get value() {
        return read()
      },
      set value(next) {
        write(() => next)
      },
    }
  },
  flush: () => Promise.resolve(),

  mountPages: ({ ask, pageRows, log, expose }) =>
    mount(() => {
      const pages = usePages(
        (q) => ask.value(q) as Answer,
        () => ({ pageRows: pageRows.value }),
      )
      expose(() => pages)
      return [node('p', () => `${pages.status} ${pages.hasMore}`), list(pages, log)]
    }),

  mountInfinite: ({ ask, collection, config, log, expose }) =>
    mount(() => {
      const query = useLiveInfiniteQuery(
        (collection ?? ((q: InitialQueryBuilder) => ask.value(q))) as never,
        () => config.value,
      )
      expose(() => query as unknown as InfiniteFields)
      const rows = query as unknown as () => readonly Todo[]
      return [node('p', () => `${query.status} ${query.hasNextPage}`), list(rows, log)]
    }),
})
