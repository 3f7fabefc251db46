import {
  SeedProvider,
  suspend,
  throwErrors,
  useLiveInfiniteQuery,
  useLiveQuery,
  usePages,
  useRow,
  useRows,
} from '@rowsignal/solid'
import type { InitialQueryBuilder } from '@tanstack/db'
import {
  createComponent,
  createSignal,
  ErrorBoundary,
  For,
  type JSX,
  startTransition,
  Suspense,
} from 'solid-js'
import { expect, onTestFinished, test } from 'vitest'
import { eventually } from '../support/eventually.ts'
import { openSlowTodos, openTodos, todo, type Todo } from '../support/synced-collection.ts'
import type { Answer, Todos } from './contract.ts'
import { mountSolid as mount, solidNode as node } from './mount-solid.ts'
import { codeOf, testSuspense } from './suspense-suite.ts'

function Row(props: { row: Readonly<Todo>; log: (entry: string) => void }): JSX.Element {
  return node('li', () => {
    props.log(`row ${props.row.id}`)
    return props.row.title
  })
}

interface Boundary {
  readonly page: () => JSX.Element
  readonly pending?: () => void
  readonly retry?: () => void
}

/** `page` in a `<Suspense>` in an `<ErrorBoundary>`. */
const boundary = ({ page, pending = () => {}, retry = () => {} }: Boundary) =>
  createComponent(ErrorBoundary, {
    fallback: (error, reset) => {
      const button = node('button')
      button.addEventListener('click', () => {
        retry()
        reset()
      })
      return [node('p', () => codeOf(error)), button]
    },
    get children() {
      return createComponent(Suspense, {
        get fallback() {
          pending()
          return node('p', () => 'pending')
        },
        get children() {
          return page()
        },
      })
    },
  })

const byRank = (todos: Todos) => (q: InitialQueryBuilder) =>
  q.from({ todo: todos }).orderBy(({ todo }) => todo.rank)

testSuspense({
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
  staysWhileChanging: false,

  mountWaiting: ({ ask, seeds = [], log, expose }) =>
    mount(() =>
      createComponent(SeedProvider, {
        seeds,
        get children() {
          const query = useLiveQuery((q) => ask.value(q) as Answer)
          expose(() => query)
          const page = () => {
            const waiting = suspend(query)
            return [
              node('p', () => {
                waiting()
                return `${query.status} ${query.size}`
              }),
              node('ul', () =>
                For({
                  get each() {
                    const rows = waiting()
                    log('list')
                    return rows
                  },
                  children: (row) => createComponent(Row, { row, log }),
                }),
              ),
            ]
          }
          return boundary({ page, pending: () => log('pending'), retry: () => query.retry() })
        },
      }),
    ),

  mountEach: ({ collection }) =>
    mount(() =>
      boundary({
        page: () => {
          const all = suspend(useRows(collection))
          const one = suspend(useRow(collection, 'b'))
          const paged = suspend(usePages({ query: byRank(collection), keepAliveMs: 0 }))
          const infinite = suspend(useLiveInfiniteQuery(byRank(collection), {}))
          const titles = () => [all()[0], one(), paged()[0], infinite()[0]].map((row) => row?.title)
          return node('p', () => titles().join(', '))
        },
      }),
    ),

  mountThrowing: ({ collection }) =>
    mount(() =>
      boundary({
        page: () => {
          const all = throwErrors(useRows(collection))
          return node('p', () => String(all.size))
        },
      }),
    ),
})

/** A page of two collections, of which one is shown, and how it switches. */
function mountSwitching(read: 'rows' | 'latest') {
  const [left, right] = [openTodos(['a']), openSlowTodos(['b'])]
  const [shown, setShown] = createSignal<Todos>(left.todos)
  const mounted = mount(() =>
    boundary({
      page: () => {
        const waiting = suspend(useRows(shown))
        const rows = () => (read === 'latest' ? waiting.latest : waiting())
        return node('p', () => rows()[0]?.title)
      },
    }),
  )
  onTestFinished(mounted.unmount)
  const text = () => mounted.element.textContent
  return { left, right, text, change: () => setShown(() => right.todos) }
}

test('in a transition the old page stays and goes on until the rows of the new one are there', async () => {
  const { left, right, text, change } = mountSwitching('rows')
  await eventually(() => expect(text()).toBe('title a'))
  const done = startTransition(change)
  await Promise.resolve()
  left.put(todo('a', { title: 'goes on' }))
  await eventually(() => expect(text()).toBe('goes on'))
  right.finish()
  await done
  await eventually(() => expect(text()).toBe('title b'))
})

test('latest shows the old rows while those of a changed query come', async () => {
  const { left, right, text, change } = mountSwitching('latest')
  await eventually(() => expect(text()).toBe('title a'))
  change()
  left.put(todo('a', { title: 'goes on' }))
  await eventually(() => expect(text()).toBe('goes on'))
  right.finish()
  await eventually(() => expect(text()).toBe('title b'))
})

test('rows keep their nodes when others come', async () => {
  const { todos, put } = openTodos(['a'])
  const { element, unmount } = mount(() =>
    boundary({
      page: () => {
        const rows = suspend(useRows(todos))
        return node('ul', () =>
          For({
            get each() {
              return rows()
            },
            children: (row) => node('li', () => row.title),
          }),
        )
      },
    }),
  )
  onTestFinished(unmount)
  const nodes = () => [...element.querySelectorAll('li')]
  const [first] = nodes()
  expect(first?.textContent).toBe('title a')
  put(todo('a', { title: 'changed' }), todo('b'))
  expect(nodes().map(({ textContent }) => textContent)).toEqual(['changed', 'title b'])
  expect(nodes()[0]).toBe(first)
})
