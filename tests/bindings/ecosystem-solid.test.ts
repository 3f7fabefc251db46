/** What Solid apps do beside plain components: its flow components, module-level roots, props. */
import { PowerSyncProvider, usePowerSync, useLiveQuery, useRow, useRows } from '@rowsignal/solid'
import { eq, gt } from '@tanstack/db'
import {
  createComponent,
  createMemo,
  createRoot,
  createSignal,
  For,
  Index,
  type JSX,
  mergeProps,
  onCleanup,
  Show,
} from 'solid-js'
import { createStore, reconcile } from 'solid-js/store'
import { expect, onTestFinished, test } from 'vitest'
import { openDatabase } from '../support/database.ts'
import { openTodos, todo, type Todo } from '../support/synced-collection.ts'
import { schema } from './contract.ts'
import { mountSolid, solidNode, updated } from './mount-solid.ts'

/** Mounts until the end of the test. */
function mount(component: () => JSX.Element): HTMLElement {
  const { element, unmount } = mountSolid(component)
  onTestFinished(unmount)
  return element
}

const items = (element: Element) => Array.from(element.querySelectorAll('li'))
const texts = (element: Element) => items(element).map((li) => li.textContent)

/** `<Row title={…} rank={…} />`, so that a spread row becomes its props. */
const Row = (props: Pick<Todo, 'title' | 'rank'>) =>
  solidNode('li', () => `${props.title} ${props.rank}`)

test('For keeps the node of a row through inserts, moves and deletes of others', () => {
  const { todos, put, remove } = openTodos(['a', 'b', 'c'], { byRank: true })
  const element = mount(() => {
    const rows = useRows(todos)
    return For({
      get each() {
        return rows()
      },
      children: (row) => solidNode('li', () => row.title),
    })
  })
  const nodes = Object.fromEntries(items(element).map((li) => [li.textContent, li]))
  put(todo('d', { rank: -1 }))
  put(todo('a', { rank: 9 }))
  remove('b')
  put(todo('c', { title: 'changed', rank: 3 }))
  expect(texts(element)).toEqual(['title d', 'changed', 'title a'])
  expect(items(element).slice(1)).toEqual([nodes['title c'], nodes['title a']])
})

test('a refused delete brings the same row back and leaves the node of the other', async () => {
  const { todos, settle } = openTodos(['a', 'b'])
  const element = mount(() => {
    const rows = useRows(todos)
    return For({
      get each() {
        return rows()
      },
      children: (row) => solidNode('li', () => row.title),
    })
  })
  const [a, b] = items(element)
  const refused = todos.delete('a')
  expect(texts(element)).toEqual(['title b'])
  settle(new Error('refused'))
  await refused.isPersisted.promise.catch(() => {})
  expect(texts(element)).toEqual(['title a', 'title b'])
  expect(items(element)[1]).toBe(b)
  expect(items(element)[0]).not.toBe(a)
})

test('Index shows the row of each place', () => {
  const { todos, put } = openTodos(['a', 'b'], { byRank: true })
  const element = mount(() => {
    const rows = useRows(todos)
    return Index({
      get each() {
        return rows()
      },
      children: (row, index) => solidNode('li', () => `${index} ${row().title}`),
    })
  })
  const nodes = items(element)
  put(todo('a', { title: 'last', rank: 9 }))
  expect(texts(element)).toEqual(['0 title b', '1 last'])
  put(todo('b', { title: 'first', rank: 1 }))
  expect(texts(element)).toEqual(['0 first', '1 last'])
  expect(items(element)).toEqual(nodes)
})

test('Show of a row opens and closes with it, and is not made anew by a change', () => {
  const { todos, put, remove } = openTodos(['a'])
  let made = 0
  const element = mount(() => {
    const row = useRow(todos, 'a')
    return Show({
      get when() {
        return row()
      },
      fallback: 'none',
      children: (shown: () => Todo) => {
        made++
        return solidNode('li', () => shown().title)
      },
    })
  })
  put(todo('a', { title: 'changed' }))
  expect([element.textContent, made]).toEqual(['changed', 1])
  remove('a')
  expect(element.textContent).toBe('none')
  put(todo('a', { title: 'back' }))
  expect([element.textContent, made]).toEqual(['back', 2])
})

test('what is taken down with a deleted row reads what it showed', () => {
  const { todos, remove } = openTodos(['a'])
  const log: string[] = []
  const Leaving = (props: { title: string }) => {
    onCleanup(() => log.push(props.title))
    return solidNode('li', () => props.title)
  }
  const shown = (row: () => Readonly<Todo> | undefined) =>
    Show({
      keyed: true,
      get when() {
        return row()
      },
      // What `{(row) => <Leaving title={row.title} />}` compiles to.
      children: (row: Readonly<Todo>) =>
        createComponent(Leaving, {
          get title() {
            return row.title.trim()
          },
        }),
    })
  const element = mount(() => {
    const [row, rows] = [useRow(todos, 'a'), useRows(todos)]
    const one = useLiveQuery((q) => q.from({ todo: todos }).findOne())
    return [shown(row), shown(() => rows()[0]), shown(() => one.data), shown(() => one())]
  })
  expect(texts(element)).toHaveLength(4)
  remove('a')
  expect([texts(element), log]).toEqual([[], Array.from({ length: 4 }, () => 'title a')])
})

test('what Show closes with a signal is not asked for without it', async () => {
  const { todos } = openTodos(['a', 'b'])
  const [id, setId] = createSignal<string | undefined>('a')
  const asked: (string | undefined)[] = []
  const Title = () => {
    const query = useLiveQuery((q) => {
      asked.push(id())
      return q.from({ todo: todos }).where(({ todo }) => eq(todo.id, id()))
    })
    return solidNode('li', () => query()[0]?.title)
  }
  const element = mount(() =>
    Show({
      get when() {
        return id() !== undefined
      },
      get children() {
        return createComponent(Title, {})
      },
    }),
  )
  setId('b')
  await updated
  expect(texts(element)).toEqual(['title b'])
  setId(undefined)
  await updated
  expect([texts(element), asked]).toEqual([[], ['a', 'b']])
})

test('a row spread into props is live, and a prop beside it stays', () => {
  const { todos, put } = openTodos(['a', 'b'])
  const element = mount(() => {
    const rows = useRows(todos)
    return For({
      get each() {
        return rows()
      },
      // What `<Row {...row} rank={5} />` compiles to.
      children: (row) => createComponent(Row, mergeProps(row, { rank: 5 })),
    })
  })
  const nodes = items(element)
  put(todo('b', { title: 'changed', rank: 1 }))
  expect(texts(element)).toEqual(['title a 5', 'changed 5'])
  expect(items(element)).toEqual(nodes)
})

test('rows made in a module-level root serve every component until the root is disposed', () => {
  const { todos, put } = openTodos(['a'])
  const store = createRoot((dispose) => {
    const rows = useRows(todos)
    const ranked = useLiveQuery((q) =>
      q.from({ todo: todos }).where(({ todo }) => gt(todo.rank, 4)),
    )
    return { rows, ranked, titles: createMemo(() => rows().map((row) => row.title)), dispose }
  })
  const show = () => solidNode('p', () => `${store.titles().join()} ${store.ranked().length}`)
  const element = mount(() => [show(), show()])
  const second = mountSolid(show)
  put(todo('a', { title: 'changed', rank: 5 }))
  expect(element.textContent).toBe('changed 1changed 1')
  second.unmount()
  put(todo('a', { title: 'again' }))
  expect(element.textContent).toBe('again 0again 0')
  expect(store.rows.size).toBe(1)
  store.dispose()
  put(todo('a', { title: 'unseen' }))
  expect(element.textContent).toBe('again 0again 0')
})

test('the database is that of the nearest provider, and outside of every component the error says so', async () => {
  const [outer, inner] = [await openDatabase(schema), await openDatabase(schema)]
  const found: unknown[] = []
  const Look = () => {
    found.push(usePowerSync())
    return undefined
  }
  mount(() =>
    createComponent(PowerSyncProvider, {
      database: outer,
      get children() {
        return [
          createComponent(Look, {}),
          createComponent(PowerSyncProvider, {
            database: inner,
            get children() {
              return createComponent(Look, {})
            },
          }),
        ]
      },
    }),
  )
  expect(found).toEqual([outer, inner])
  expect(() => usePowerSync()).toThrow(
    expect.objectContaining({
      code: 'no-provider',
      message: expect.stringContaining('only while a component is made') as string,
    }),
  )
})

test('a signal in the key and the window is followed without a dependency list', async () => {
  const { todos } = openTodos(['a', 'b', 'c'])
  const [key, setKey] = createSignal('a')
  const [offset, setOffset] = createSignal(0)
  const element = mount(() => {
    const row = useRow(todos, key)
    const rows = useRows(todos, () => ({ limit: 1, offset: offset() }))
    return solidNode('p', () => `${row()?.title}; ${rows()[0]?.title}`)
  })
  setKey('c')
  setOffset(1)
  await updated
  expect(element.textContent).toBe('title c; title b')
})

test('live rows pass through a store as they are, and one of copies leaves the plain rows alone', () => {
  const { todos, put } = openTodos(['a'])
  createRoot((dispose) => {
    const rows = useRows(todos)
    const copies = () => rows.data.map((row) => ({ ...row }))
    const [live] = createStore({ rows: rows() })
    const [state, setState] = createStore({ list: copies() })
    const before = todos.get('a')!
    put(todo('a', { title: 'changed' }))
    setState('list', reconcile(copies()))
    expect([live.rows[0] === rows()[0], live.rows[0]?.title]).toEqual([true, 'changed'])
    expect([state.list[0]?.title, before.title]).toEqual(['changed', 'title a'])
    expect(Object.getOwnPropertySymbols(todos.get('a'))).toEqual([])
    dispose()
  })
})
