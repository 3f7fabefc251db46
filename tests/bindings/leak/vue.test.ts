import {
  provideSeeds,
  useDraft,
  useLiveInfiniteQuery,
  useLiveQuery,
  useLiveQueryEffect,
  usePages,
  useRow,
  useRows,
  useSyncStatus,
} from '@rowsignal/vue'
import { gt, type InitialQueryBuilder } from '@tanstack/db'
import { computed, defineComponent, h, nextTick, reactive, ref, shallowRef, Suspense } from 'vue'
import { beforeAll, expect, test } from 'vitest'
import { eventually } from '../../support/eventually.ts'
import { openTodos } from '../../support/synced-collection.ts'
import { mountVue } from '../mount-vue.ts'
import { testLeaks } from './suite.ts'

// Vue's development build keeps all that was mounted, 46 kB each here, for devtools that may come within 3 s.
beforeAll(async () => {
  mountVue(() => () => undefined).unmount()
  await eventually(() => expect(Reflect.get(globalThis, '__VUE_DEVTOOLS_HOOK_REPLAY__')).toBeNull())
})

testLeaks({
  box: (value) => shallowRef(value),
  flush: () => nextTick(),

  mountAll: ({ todos, database, seeds, keepAliveMs }) =>
    mountVue(() => {
      provideSeeds(seeds())
      const { rows, size } = useRows(todos)
      const row = useRow(todos, 'b')
      const { rows: ranked } = useLiveQuery({
        query: (q) => q.from({ todo: todos }).where(({ todo }) => gt(todo.rank, 1)),
        queryKey: ['ranked'],
        keepAliveMs,
      })
      const pages = usePages(
        { query: (q) => q.from({ todo: todos }).orderBy(({ todo }) => todo.rank), keepAliveMs },
        { pageRows: 2 },
      )
      useLiveQueryEffect({
        query: (q) => q.from({ todo: todos }),
        onUpdate: ({ key }) => void todos.get(String(key)),
      })
      const { changed } = useDraft(todos, 'a')
      const status = useSyncStatus(database)
      return () =>
        h('p', [
          `${size.value} ${rows.value[0]?.title} ${row.value?.title} ${ranked.value.length} ${pages.rows.value.length}`,
          ` ${pages.hasMore.value} ${changed.value ? 'changed' : 'same'} ${status.value.connected ? 'online' : 'offline'}`,
        ])
    }),

  mountControl: (text) =>
    mountVue(() => {
      const row = reactive({ title: text })
      const size = ref(3)
      const shown = computed(() => `${size.value} ${row.title}`)
      return () => h('p', shown.value)
    }),

  mountWaiting: (todos) =>
    mountVue(() => {
      const Page = defineComponent(async () => {
        const { size } = await useRows(todos)
        return () => h('p', size.value)
      })
      return () => h(Suspense, null, { default: () => h(Page), fallback: () => h('p', 'pending') })
    }),

  mountAgain: ({ todos, version }) =>
    mountVue(() => {
      const Part = defineComponent(() => {
        const { size } = useRows(todos)
        const row = useRow(todos, 'a')
        const { draft } = useDraft(todos, 'a')
        const infinite = useLiveInfiniteQuery(
          (q: InitialQueryBuilder) => q.from({ todo: todos }).orderBy(({ todo }) => todo.rank),
          { pageSize: 2 },
        )
        return () =>
          `${size.value} ${row.value?.title} ${draft.title} ${infinite.rows.value.length}`
      })
      return () => h(Part, { key: version.value })
    }),
})

interface HmrRuntime {
  createRecord(id: string, component: object): boolean
  reload(id: string, component: object): void
}

test('a component that Vue reloads hot leaves nothing of its former self', async () => {
  const { todos } = openTodos(['a'])
  // What a bundler's plugin calls in development.
  const runtime = Reflect.get(globalThis, '__VUE_HMR_RUNTIME__') as HmrRuntime
  const define = (version: number) => ({
    __hmrId: 'list',
    setup() {
      const { size } = useRows(todos)
      const { draft } = useDraft(todos, 'a')
      return () => h('p', `${version}: ${size.value} ${draft.title}`)
    },
  })
  const List = defineComponent(define(0))
  runtime.createRecord('list', List)
  const { element, unmount } = mountVue(() => () => h(List))
  for (let version = 1; version <= 20; version++) {
    runtime.reload('list', define(version))
    await nextTick()
    await nextTick()
  }
  expect(element.textContent).toBe('20: 1 title a')
  expect(todos.subscriberCount).toBe(1)
  unmount()
  expect(todos.subscriberCount).toBe(0)
})
