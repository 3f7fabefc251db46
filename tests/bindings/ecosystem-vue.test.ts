/** What Vue apps do beside plain components, with the real libraries. */
import {
  createRowsignal,
  providePowerSync,
  useDraft,
  useLiveQuery,
  usePowerSync,
  useRow,
  useRows,
  useSyncStatus,
} from '@rowsignal/vue'
import { eq, gt } from '@tanstack/db'
import { createPinia, defineStore, storeToRefs } from 'pinia'
import { expect, onTestFinished, test, vi } from 'vitest'
import {
  computed,
  createApp,
  defineComponent,
  effectScope,
  h,
  KeepAlive,
  nextTick,
  onUnmounted,
  type PropType,
  ref,
  shallowRef,
  TransitionGroup,
} from 'vue'
import { openDatabase } from '../support/database.ts'
import { openTodos, todo, type Todo } from '../support/synced-collection.ts'
import { schema } from './contract.ts'
import { mountVue } from './mount-vue.ts'

const Row = defineComponent({
  props: { row: { type: Object as PropType<Readonly<Todo>>, required: true } },
  setup: (props) => () => h('li', props.row.title),
})

const texts = (element: Element) =>
  Array.from(element.querySelectorAll('li'), (li) => li.textContent)

test('the plugin gives the database to components and stores', async () => {
  const database = await openDatabase(schema)
  const useStore = defineStore('sync', () => ({ status: useSyncStatus() }))
  const found: unknown[] = []
  const { element, unmount } = mountVue(
    () => {
      found.push(usePowerSync())
      const store = useStore()
      return () => (store.status.connected ? 'online' : 'offline')
    },
    createRowsignal({ database }),
    createPinia(),
  )
  expect(found).toEqual([database])
  expect(element.textContent).toBe('offline')
  unmount()
})

test('without a plugin, and outside of setup, the error says what to do', () => {
  expect(() => mountVue(() => (usePowerSync(), () => ''))).toThrow(
    expect.objectContaining({
      code: 'no-provider',
      message: expect.stringContaining('app.use(createRowsignal({ database }))') as string,
    }),
  )
  expect(() => usePowerSync()).toThrow(
    expect.objectContaining({
      code: 'no-provider',
      message: expect.stringContaining('only in `setup`') as string,
    }),
  )
})

test('a component that provides a database finds it too, and a store that it makes does not', async () => {
  const [ofApp, own] = [await openDatabase(schema), await openDatabase(schema)]
  const useStore = defineStore('sync', () => ({ database: shallowRef(usePowerSync()) }))
  const found: unknown[] = []
  const Below = defineComponent(() => (found.push(usePowerSync()), () => ''))
  const { element, unmount } = mountVue(
    () => {
      found.push(usePowerSync())
      providePowerSync(own)
      const status = useSyncStatus()
      found.push(usePowerSync(), useStore().database)
      return () => [status.value.connected ? 'online' : 'offline', h(Below)]
    },
    createRowsignal({ database: ofApp }),
    createPinia(),
  )
  expect(found).toEqual([ofApp, own, ofApp, own])
  expect(element.textContent).toBe('offline')
  unmount()
})

test('without a plugin, a component that provides a database finds it', async () => {
  const database = await openDatabase(schema)
  const { element, unmount } = mountVue(() => {
    providePowerSync(database)
    const status = useSyncStatus()
    return () => (status.value.connected ? 'online' : 'offline')
  })
  expect(element.textContent).toBe('offline')
  unmount()
})

test('a Pinia setup store follows its rows, also destructured, until it is disposed', async () => {
  const { todos, put } = openTodos(['a'])
  const useStore = defineStore('todos', () => {
    const { rows, size } = useRows(todos)
    const first = useRow(todos, 'a')
    const { draft, changed } = useDraft(todos, 'a')
    const ranked = computed(() => rows.value.filter((row) => row.rank > 0).length)
    return { rows, size, first, draft, changed, ranked }
  })
  const pinia = createPinia()
  createApp({}).use(pinia)
  const store = useStore(pinia)
  const { ranked, first } = storeToRefs(store)
  expect([store.size, ranked.value, first.value?.title]).toEqual([1, 0, 'title a'])
  store.draft.note = 'typed'
  put(todo('a', { title: 'changed', rank: 1 }), todo('b', { rank: 2 }))
  await nextTick()
  expect([store.size, ranked.value, first.value?.title]).toEqual([2, 2, 'changed'])
  expect(store.rows.map((row) => row.title)).toEqual(['changed', 'title b'])
  expect([store.draft.title, store.draft.note, store.changed]).toEqual(['changed', 'typed', true])
  expect(todos.subscriberCount).toBe(1)
  store.$dispose()
  expect(todos.subscriberCount).toBe(0)
})

test('two components that share a Pinia store share its subscription, and it outlives both', () => {
  const { todos } = openTodos(['a'])
  const useStore = defineStore('todos', () => useRows(todos))
  const pinia = createPinia()
  const mount = () =>
    mountVue(() => {
      const store = useStore()
      return () => `${store.size}`
    }, pinia)
  const mounted = [mount(), mount()]
  expect(mounted.map(({ element }) => element.textContent)).toEqual(['1', '1'])
  expect(todos.subscriberCount).toBe(1)
  for (const { unmount } of mounted) unmount()
  expect(todos.subscriberCount).toBe(1)
  useStore(pinia).$dispose()
  expect(todos.subscriberCount).toBe(0)
})

test('outside of every scope Vue warns in development and names effectScope, inside of one it is silent', () => {
  const { todos } = openTodos(['a'])
  const warn = vi.spyOn(console, 'warn').mockImplementation(() => {})
  onTestFinished(() => warn.mockRestore())
  const scope = effectScope()
  expect(scope.run(() => useRows(todos).size.value)).toBe(1)
  expect(warn).not.toHaveBeenCalled()
  scope.stop()
  expect(todos.subscriberCount).toBe(0)
  useRow(todos, 'a')
  expect(warn).toHaveBeenCalledExactlyOnceWith(expect.stringContaining('effectScope().run(…)'))
})

test('a component that comes back from KeepAlive shows what the rows are now', async () => {
  const { todos, put, remove } = openTodos(['a', 'b'])
  const List = defineComponent(() => {
    const { rows } = useRows(todos)
    const { rows: ranked } = useLiveQuery((q) =>
      q.from({ todo: todos }).where(({ todo }) => gt(todo.rank, 4)),
    )
    return () => [
      h('p', `${ranked.value.length} ranked`),
      rows.value.map((row) => h(Row, { key: row.id, row })),
    ]
  })
  const Other = defineComponent(() => () => h('p', 'other'))
  const shown = shallowRef(List)
  const { element, unmount } = mountVue(() => () => h(KeepAlive, () => h(shown.value)))
  await nextTick()
  expect(texts(element)).toEqual(['title a', 'title b'])
  shown.value = Other
  await nextTick()
  expect(element.textContent).toBe('other')
  put(todo('a', { title: 'changed' }), todo('c', { rank: 5 }))
  remove('b')
  await nextTick()
  shown.value = List
  await nextTick()
  expect(texts(element)).toEqual(['changed', 'title c'])
  expect(element.querySelector('p')?.textContent).toBe('1 ranked')
  put(todo('a', { title: 'again' }))
  await nextTick()
  expect(texts(element)).toEqual(['again', 'title c'])
  unmount()
})

test('what v-if closes with a ref is not asked for without it', async () => {
  const { todos } = openTodos(['a', 'b'])
  const id = ref<string | undefined>('a')
  const asked: (string | undefined)[] = []
  const Title = defineComponent(() => {
    const { rows } = useLiveQuery((q) => {
      asked.push(id.value)
      return q.from({ todo: todos }).where(({ todo }) => eq(todo.id, id.value))
    })
    return () => h('li', rows.value[0]?.title)
  })
  const { element, unmount } = mountVue(() => () => (id.value === undefined ? '' : h(Title)))
  id.value = 'b'
  await nextTick()
  expect(texts(element)).toEqual(['title b'])
  id.value = undefined
  await nextTick()
  expect([texts(element), asked]).toEqual([[], ['a', 'b']])
  unmount()
})

test('what is unmounted with a deleted row reads what it showed', async () => {
  const { todos, remove } = openTodos(['a'])
  const log: string[] = []
  const Leaving = defineComponent({
    props: { title: { type: String, required: true } },
    setup(props) {
      onUnmounted(() => log.push(props.title))
      return () => h('li', props.title)
    },
  })
  const { element, unmount } = mountVue(() => {
    const row = useRow(todos, 'a')
    const { rows } = useRows(todos)
    const { data } = useLiveQuery((q) => q.from({ todo: todos }).findOne())
    const shown = () => [row.value, rows.value[0], data.value].filter((one) => one !== undefined)
    return () => shown().map((one, key) => h(Leaving, { key, title: one.title.trim() }))
  })
  await nextTick()
  expect(texts(element)).toHaveLength(3)
  remove('a')
  await nextTick()
  expect([texts(element), log]).toEqual([[], ['title a', 'title a', 'title a']])
  unmount()
})

test('a row that leaves a TransitionGroup keeps its text until it is gone, also if it comes back', async () => {
  const { todos, put, remove } = openTodos(['a', 'b'])
  const leaving: (() => void)[] = []
  const { element, unmount } = mountVue(() => {
    const { rows } = useRows(todos)
    return () =>
      h(
        TransitionGroup,
        {
          tag: 'ul',
          css: false,
          onLeave: (_element: Element, done: () => void) => void leaving.push(done),
        },
        () => rows.value.map((row) => h(Row, { key: row.id, row })),
      )
  })
  await nextTick()
  remove('a')
  put(todo('b', { title: 'changed' }))
  await nextTick()
  expect(texts(element).toSorted()).toEqual(['changed', 'title a'])
  for (const done of leaving.splice(0)) done()
  expect(texts(element)).toEqual(['changed'])
  remove('b')
  await nextTick()
  put(todo('b', { title: 'back' }))
  await nextTick()
  expect(leaving).toHaveLength(1)
  for (const done of leaving.splice(0)) done()
  expect(texts(element)).toEqual(['back'])
  unmount()
})

test('a key in a ref and a collection in a getter may be switched, and destructured refs follow', async () => {
  const [left, right] = [openTodos(['a', 'b']), openTodos(['a'])]
  right.todos.startSyncImmediate()
  right.put(todo('a', { title: 'right' }))
  const side = ref<'left' | 'right'>('left')
  const key = ref('b')
  const { element, unmount } = mountVue(() => {
    const { keys } = useRows(() => (side.value === 'left' ? left.todos : right.todos))
    const row = useRow(() => (side.value === 'left' ? left.todos : right.todos), key)
    return () => `${keys.value.join()} ${row.value?.title}`
  })
  expect(element.textContent).toBe('a,b title b')
  key.value = 'a'
  side.value = 'right'
  await nextTick()
  expect(element.textContent).toBe('a right')
  unmount()
  expect([left.todos.subscriberCount, right.todos.subscriberCount]).toEqual([0, 0])
})
