import {
  providePowerSync,
  useDraft,
  useReadable,
  useRow,
  useRows,
  useSyncStatus,
} from '@rowsignal/vue'
import { eq } from '@tanstack/db'
import { useLiveQuery } from '@tanstack/vue-db'
import {
  computed,
  createApp,
  defineComponent,
  h,
  nextTick,
  type PropType,
  shallowRef,
  vModelText,
  watchEffect,
  withDirectives,
} from 'vue'
import type { Todo } from '../support/synced-collection.ts'
import type { Driver, Mounted } from './contract.ts'
import { testBinding } from './suite.ts'

/** Mounts a component of this setup function. */
function mount(setup: () => () => unknown): Mounted {
  const element = document.createElement('div')
  const app = createApp({ setup })
  const errors: unknown[] = []
  app.config.errorHandler = (error) => errors.push(error)
  app.mount(element)
  if (errors.length > 0) throw errors[0]
  return { element, unmount: () => app.unmount() }
}

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
  flush: () => nextTick(),

  mountList: ({ collection, window, log }) =>
    mount(() => {
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

  mountRow: ({ collection, key, log }) =>
    mount(() => {
      const row = useRow(collection, () => key.value)
      return () => {
        log(row.value?.title ?? 'none')
        return row.value?.title ?? 'none'
      }
    }),

  mountForm: ({ collection, key }) =>
    mount(() => {
      const { draft, changed, save, reset } = useDraft(collection, () => key.value)
      return () => [
        // What `<input v-model="draft.title">` compiles to.
        withDirectives(
          h('input', { 'onUpdate:modelValue': (text: string) => (draft.title = text) }),
          [[vModelText, draft.title]],
        ),
        h('p', changed.value ? 'changed' : 'same'),
        h('button', { name: 'save', onClick: () => save() }),
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

  mountOfficial: ({ collection }) =>
    mount(() => {
      const { data } = useLiveQuery((query) =>
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
