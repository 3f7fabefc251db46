import {
  providePowerSync,
  provideSeeds,
  useDraft,
  useLiveQuery,
  useOutbox,
  useReadable,
  useRefused,
  useRow,
  useRows,
  useRowState,
  useRowStates,
  useSyncStatus,
} from '@rowsignal/vue'
import type { RowStatus } from '@rowsignal/core'
import { eq, gt, type InitialQueryBuilder } from '@tanstack/db'
import { useLiveQuery as useOfficialLiveQuery } from '@tanstack/vue-db'
import { expect, test, vi } from 'vitest'
import {
  computed,
  defineComponent,
  effectScope,
  h,
  markRaw,
  nextTick,
  type PropType,
  reactive,
  type Ref,
  ref,
  shallowRef,
  vModelText,
  watchEffect,
  withDirectives,
} from 'vue'
import { openTodos, todo, type Todo } from '../support/synced-collection.ts'
import type { Answer, Driver, QueryFields, Todos } from './contract.ts'
import { testLiveQueries } from './live-query-suite.ts'
import { mountVue as mount, valuesOf } from './mount-vue.ts'
import { testOutliving } from './outliving-suite.ts'
import { testOutbox } from './outbox-suite.ts'
import { testReadables } from './readable-suite.ts'
import { testRows } from './rows-suite.ts'
import { testSeeds } from './seeds-suite.ts'
import { testBinding } from './suite.ts'

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

const Heading = defineComponent({
  props: { text: { type: String, required: true } },
  setup: (props) => () => h('p', props.text),
})

const driver: Driver = {
  box: (value) => shallowRef(value),
  together: (change) => change(),
  flush: () => nextTick(),

  mountList: ({ collection, window, log, seeds = [] }) =>
    mount(() => {
      provideSeeds(seeds)
      const { rows, size, status } = useRows(
        () => collection.value,
        () => window.value,
      )
      const heading = () => h(Heading, { text: `${status.value} ${size.value}` })
      const List = defineComponent(() => () => {
        log('list')
        return h(
          'ul',
          rows.value.map((row) => h(Row, { key: row.id, row, log })),
        )
      })
      return () => [heading(), h(List)]
    }),

  mountItem: (props) => mount(() => () => h(Row, { ...props })),

  mountMemo: ({ collection, log }) =>
    mount(() => {
      const { rows } = useRows(collection)
      const ranked = computed(() => rows.value.filter((row) => row.rank > 0).length)
      watchEffect(() => log(`${ranked.value} ranked`))
      return () => undefined
    }),

  mountPair: ({ left, right, log }) =>
    mount(() => {
      const { rows: lefts } = useRows(left)
      const { rows: rights } = useRows(right)
      watchEffect(() => log(`${lefts.value[0]?.title} + ${rights.value[0]?.title}`))
      return () => undefined
    }),

  mountRow: ({ collection, key, log, expose, seeds = [] }) =>
    mount(() => {
      provideSeeds(seeds)
      const row = useRow(collection, () => key.value)
      const { status, isIdle, isLoading, isReady, isError, isCleanedUp, isSeed, error, retry } = row
      const refs = {
        status,
        isIdle,
        isLoading,
        isReady,
        isError,
        isCleanedUp,
        isSeed,
        error,
        retry,
      }
      expose(() => valuesOf<RowStatus>(refs))
      return () => {
        log(row.value?.title ?? 'none')
        return row.value?.title ?? 'none'
      }
    }),

  mountForm: ({ collection, key, seeds = [] }) =>
    mount(() => {
      provideSeeds(seeds)
      const { draft, changed, canSave, save, reset } = useDraft(collection, () => key.value)
      return () => [
        // What `<input v-model="draft.title">` compiles to.
        withDirectives(
          h('input', { 'onUpdate:modelValue': (text: string) => (draft.title = text) }),
          [[vModelText, draft.title]],
        ),
        h('p', changed.value ? 'changed' : 'same'),
        h('button', { name: 'save', disabled: !canSave.value, onClick: () => save() }),
        h('button', { name: 'reset', onClick: () => reset() }),
      ]
    }),

  mountStatus: ({ provided }) => {
    const Status = defineComponent(() => {
      const status = useSyncStatus()
      return () => (status.value.connected ? 'online' : 'offline')
    })
    return mount(() => {
      if (provided !== undefined) providePowerSync(provided)
      return () => h(Status)
    })
  },

  mountOutbox: ({ provided, collection, key, log }) => {
    const Outbox = defineComponent(() => {
      const [box, writes] = [useOutbox(), useRefused()]
      const state = useRowState(collection, () => key.value)
      const Shown = defineComponent(() => () => {
        log(state.value)
        return state.value
      })
      return () => h('p', [`${box.value.operations} `, h(Shown), ` ${writes.value.length}`])
    })
    return mount(() => {
      if (provided !== undefined) providePowerSync(provided)
      return () => h(Outbox)
    })
  },

  mountStates: ({ collection, keys, log }) =>
    mount(() => {
      const states = useRowStates(collection)
      const Item = defineComponent({
        props: { id: { type: String, required: true } },
        setup:
          ({ id }) =>
          () => {
            log(`${id} ${states.get(id)}`)
            return h('li', states.get(id))
          },
      })
      return () => [
        h(
          'ul',
          keys.map((id) => h(Item, { id })),
        ),
        h(Heading, { text: `${states.size}` }),
      ]
    }),

  mountOfficial: ({ collection }) =>
    mount(() => {
      const { data } = useOfficialLiveQuery((query) =>
        query
          .from({ todo: collection })
          .where(({ todo }) => eq(todo.done, 0))
          .orderBy(({ todo }) => todo.title),
      )
      return () =>
        h(
          'ul',
          data.value.map((todo) => h('li', { key: todo.id }, todo.title ?? '')),
        )
    }),

  mountQuery: ({ ask, log, expose, seeds = [] }) =>
    mount(() => {
      provideSeeds(seeds)
      const query = useLiveQuery((q) => {
        log('query')
        return ask.value(q) as Answer
      })
      expose(() => valuesOf<QueryFields>(query))
      const List = defineComponent(() => () => {
        log('list')
        return h(
          'ul',
          query.rows.value.map((row) => h(Row, { key: row.id, row, log })),
        )
      })
      return () => [h('p', `${query.status.value} ${query.size.value}`), h(List)]
    }),

  mountValue: ({ readable, log }) =>
    mount(() => {
      const value = useReadable(() => readable.value)
      return () => {
        const text = Array.isArray(value.value) ? `${value.value.length} rows` : String(value.value)
        log(text)
        return text
      }
    }),
}

testBinding(driver)
testReadables(driver)
testOutbox(driver)
testRows(driver)
testLiveQueries(driver)
testOutliving(driver)
testSeeds(driver)

test('a collection in a deep ref is the collection itself', () => {
  const { todos, put } = openTodos(['a'])
  const deep = ref<unknown>(todos) as Ref<Todos>
  expect(deep.value).not.toBe(todos)
  const scope = effectScope()
  const shown = scope.run(() => ({ rows: useRows(deep).rows, row: useRow(deep, 'a') }))
  expect(todos.subscriberCount).toBe(1)
  put(todo('a', { title: 'changed' }))
  expect(shown?.rows.value[0]?.title).toBe('changed')
  expect(shown?.row.value).toBe(todos.get('a'))
  scope.stop()
  expect(todos.subscriberCount).toBe(0)
})

test('a row and a draft pass through ref and reactive as they are', () => {
  const { todos } = openTodos(['a'])
  const scope = effectScope()
  scope.run(() => {
    const { rows } = useRows(todos)
    const { draft } = useDraft(todos, 'a')
    expect(ref(rows.value[0]).value).toBe(rows.value[0])
    expect(reactive({ draft }).draft).toBe(draft)
    expect(markRaw(rows.value[0]!)).toBe(rows.value[0])
  })
  scope.stop()
})

test('a watcher outside of components that reads a row whose list has ended is warned', () => {
  const warned = vi.spyOn(console, 'warn').mockReturnValue()
  const { todos } = openTodos(['a'])
  const [list, watcher] = [effectScope(), effectScope()]
  const row = list.run(() => useRows(todos).rows.value[0])!
  const title = computed(() => row.title)
  watcher.run(() => watchEffect(() => title.value))
  expect(warned).not.toHaveBeenCalled()
  list.stop()
  expect(row.title).toBe('title a') // read once, by nobody who is to run again
  expect(warned).not.toHaveBeenCalled()
  watcher.run(() => watchEffect(() => row.title))
  expect(warned).toHaveBeenCalledWith(expect.stringContaining('useRow(collection, id)'))
  watcher.stop()
  expect(todos.subscriberCount).toBe(0)
})

test('a read between two changes of one tick is right, and asks for what it reads alone', () => {
  const { todos } = openTodos(['a', 'b', 'c'])
  const scope = effectScope()
  const rank = ref(0)
  const asked: number[] = []
  const query = scope.run(() =>
    useLiveQuery((q) => {
      asked.push(rank.value)
      return q.from({ todo: todos }).where(({ todo }) => gt(todo.rank, rank.value))
    }),
  )
  const ids = () => query?.rows.value.map(({ id }) => id)
  expect(ids()).toEqual(['b', 'c'])
  rank.value = 5
  rank.value = 1
  expect([ids(), query?.status.value]).toEqual([['c'], 'ready'])
  rank.value = 0
  expect(ids()).toEqual(['b', 'c'])
  scope.stop()
  rank.value = 1
  expect(ids()).toEqual(['b', 'c'])
  expect(asked).toEqual([0, 1, 0])
})

test('useLiveQuery takes refs, and dependencies that it does not need', async () => {
  const { todos } = openTodos(['a', 'b'])
  const scope = effectScope()
  const config = shallowRef({ query: (q: InitialQueryBuilder) => q.from({ todo: todos }) })
  const deep = ref<unknown>(todos) as Ref<Todos>
  const dependency = ref(0)
  let runs = 0
  const shown = scope.run(() => [
    useLiveQuery(config).rows,
    useLiveQuery(deep).rows,
    useLiveQuery(() => deep.value).rows,
    useLiveQuery((q) => (runs++, q.from({ todo: todos })), [dependency]).rows,
  ])
  expect(shown?.map((rows) => rows.value.length)).toEqual([2, 2, 2, 2])
  expect(todos.subscriberCount).toBe(2) // the collection itself, and one live query
  dependency.value = 1
  await nextTick()
  expect(runs).toBe(2)
  config.value = { query: (q) => q.from({ todo: todos }).findOne() }
  expect(shown?.[0]?.value.length).toBe(1)
  scope.stop()
})
