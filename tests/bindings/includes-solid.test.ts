import { useLiveQuery, useRows } from '@rowsignal/solid'
import { createComponent, createMemo, For, type JSX } from 'solid-js'
import type { Logged } from './contract.ts'
import {
  type ListWithTodos,
  testIncludes,
  type TodoOfList,
  withTitles,
  withTodos,
} from './includes-suite.ts'
import { mountSolid as mount, solidNode as node } from './mount-solid.ts'

const each = <Item extends object>(
  items: () => readonly Item[],
  show: (item: Item) => JSX.Element,
) =>
  For({
    get each() {
      return items()
    },
    children: show,
  })

function Row(props: Logged & { row: TodoOfList }): JSX.Element {
  return node('li', () => {
    props.log(`row ${props.row.id}`)
    return props.row.title
  })
}

function List({ list, log }: Logged & { list: ListWithTodos }): JSX.Element {
  const rows = useRows(() => list.todos)
  const shown = createMemo(() => {
    log(`todos of ${list.id}`)
    return rows()
  })
  const title = node('b', () => {
    log(`list ${list.id}`)
    return list.title
  })
  return [title, node('ul', () => each(shown, (row) => createComponent(Row, { row, log })))]
}

testIncludes({
  flush: () => Promise.resolve(),

  mountIncludes: (props) =>
    mount(() => {
      const query = useLiveQuery({ query: (q) => withTodos(q, props), keepAliveMs: 0 })
      const shown = createMemo(() => {
        props.log('lists')
        return query()
      })
      return each(shown, (list) => createComponent(List, { list, log: props.log }))
    }),

  mountArrays: (props) =>
    mount(() => {
      const query = useLiveQuery((q) => withTitles(q, props))
      return each(query, (list) =>
        node('li', () => {
          props.log(`list ${list.id}`)
          return list.titles.join(', ')
        }),
      )
    }),
})
