import {
  provideSeeds,
  throwErrors,
  useLiveInfiniteQuery,
  useLiveQuery,
  usePages,
  useRow,
  useRows,
} from '@rowsignal/vue'
import type { InitialQueryBuilder } from '@tanstack/db'
import * as vue from 'vue'
import {
  type Component,
  defineComponent,
  h,
  nextTick,
  onErrorCaptured,
  type PropType,
  shallowRef,
  Suspense,
} from 'vue'
import { expect, onTestFinished, test, vi } from 'vitest'
import { eventually } from '../support/eventually.ts'
import { openSlowTodos, openTodos, type Todo } from '../support/synced-collection.ts'
import type { Answer, QueryFields, Todos } from './contract.ts'
import { mountVue as mount, valuesOf } from './mount-vue.ts'
import { codeOf, testSuspense } from './suspense-suite.ts'

const Row = defineComponent({
  props: {
    row: { type: Object as PropType<Readonly<Todo>>, required: true },
    log: { type: Function as PropType<(entry: string) => void>, required: true },
  },
  setup: (props) => () => {
    props.log(`row ${props.row.id}`)
    return h('li', props.row.title)
  },
})

/** `page` in a `<Suspense>`, and what `onErrorCaptured` has caught in place of it until `again`. */
function boundary(page: Component, { pending = () => {}, retry = () => {} } = {}) {
  const Pending = defineComponent(() => {
    pending()
    return () => h('p', 'pending')
  })
  const caught = shallowRef<unknown>()
  onErrorCaptured((error) => {
    caught.value = error
    return false
  })
  const again = () => {
    retry()
    caught.value = undefined
  }
  return () =>
    caught.value === undefined
      ? h(Suspense, null, { default: () => h(page), fallback: () => h(Pending) })
      : h('div', [h('p', codeOf(caught.value)), h('button', { onClick: again })])
}

const byRank = (todos: Todos) => (q: InitialQueryBuilder) =>
  q.from({ todo: todos }).orderBy(({ todo }) => todo.rank)

testSuspense({
  box: (value) => shallowRef(value),
  flush: () => nextTick(),
  staysWhileChanging: true,

  mountWaiting: ({ ask, seeds = [], log, expose }) =>
    mount(() => {
      provideSeeds(seeds)
      const query = useLiveQuery((q) => ask.value(q) as Answer)
      expose(() => valuesOf<QueryFields>(query))
      const Heading = defineComponent(() => {
        const { status, size } = query
        return () => h('p', `${status.value} ${size.value}`)
      })
      const Page = defineComponent(async () => {
        const { rows } = await query
        const List = defineComponent(() => () => {
          log('list')
          return rows.value.map((row) => h(Row, { key: row.id, row, log }))
        })
        return () => [h(Heading), h(List)]
      })
      return boundary(Page, { pending: () => log('pending'), retry: () => query.retry() })
    }),

  mountEach: ({ collection }) =>
    mount(() => {
      const Page = defineComponent(async () => {
        const all = useRows(collection)
        const one = useRow(collection, 'b')
        const paged = usePages({ query: byRank(collection), keepAliveMs: 0 })
        const infinite = useLiveInfiniteQuery(byRank(collection), {})
        const [{ rows }, row, { rows: pages }, { rows: more }] = await Promise.all([
          all,
          one,
          paged,
          infinite,
        ])
        const titles = () =>
          [rows.value[0], row.value, pages.value[0], more.value[0]].map((row) => row?.title)
        return () => h('p', titles().join(', '))
      })
      return boundary(Page)
    }),

  mountThrowing: ({ collection }) =>
    mount(() => {
      const Page = defineComponent(() => {
        const { size } = throwErrors(useRows(collection))
        return () => h('p', String(size.value))
      })
      return boundary(Page)
    }),
})

/** What the compiler calls for an `await` in `<script setup>`. */
const withAsyncContext = Reflect.get(vue, 'withAsyncContext') as <T>(
  awaited: () => T,
) => [T, () => void]

test('a setup that goes on when its component has left follows nothing', async () => {
  const [slow, other] = [openSlowTodos(['a']), openTodos(['b'])]
  const went = vi.fn<(status: string) => void>()
  const { unmount } = mount(() =>
    boundary({
      async setup() {
        // As `<script setup>` awaits.
        const [waiting, restore] = withAsyncContext(() => useRows(slow.todos))
        await waiting
        restore()
        const { status } = useRows(other.todos)
        went(status.value)
        return () => h('p', status.value)
      },
    }),
  )
  await nextTick()
  expect(slow.todos.subscriberCount).toBeGreaterThan(0)
  unmount()
  await eventually(() => expect(went).toHaveBeenCalledOnce())
  expect([slow, other].map(({ todos }) => todos.subscriberCount)).toEqual([0, 0])
})

test('what a setup returns as it is makes no component wait', () => {
  const { todos } = openSlowTodos(['a'])
  const Page = {
    setup: () => useRows(todos),
    render: ({ status }: { status: string }) => h('p', status),
  }
  const { element, unmount } = mount(() => () => h(Page as Component))
  onTestFinished(unmount)
  expect(element.textContent).toBe('loading')
})

test('an error of what is awaited is told once, also by throwErrors', async () => {
  vi.spyOn(console, 'error').mockReturnValue()
  vi.spyOn(console, 'warn').mockReturnValue()
  const { todos, finish, fail } = openSlowTodos(['a'])
  const caught: unknown[] = []
  const again = shallowRef(0)
  let retry = () => {}
  const { element, unmount } = mount(() => {
    onErrorCaptured((error) => {
      caught.push(codeOf(error))
      return false
    })
    const Page = defineComponent(async () => {
      const all = throwErrors(useRows(todos))
      retry = all.retry
      const { size } = await all
      return () => h('p', String(size.value))
    })
    return () => h(Suspense, null, { default: () => h(Page, { key: again.value }) })
  })
  onTestFinished(unmount)
  fail(new Error('offline'))
  await eventually(() => expect(caught).toEqual(['collection-failed']))
  retry()
  again.value++
  await eventually(() => expect(todos.status).toBe('loading'))
  finish()
  await eventually(() => expect(element.textContent).toBe('1'))
  expect(caught).toEqual(['collection-failed'])
  fail(new Error('later'))
  await eventually(() => expect(caught).toEqual(['collection-failed', 'collection-failed']))
})
