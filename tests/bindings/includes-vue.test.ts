import { useLiveQuery, useRows } from '@rowsignal/vue'
import { defineComponent, h, nextTick, type PropType } from 'vue'
import {
  type ListWithTodos,
  testIncludes,
  type TodoOfList,
  withTitles,
  withTodos,
} from './includes-suite.ts'
import { mountVue as mount } from './mount-vue.ts'

const log = { type: Function as PropType<(entry: string) => void>, required: true } as const

const Row = defineComponent({
  props: { row: { type: Object as PropType<TodoOfList>, required: true }, log },
  setup: (props) => () => {
    props.log(`row ${props.row.id}`)
    return h('li', props.row.title)
  },
})

const Children = defineComponent({
  props: { list: { type: Object as PropType<ListWithTodos>, required: true }, log },
  setup(props) {
    const { rows } = useRows(() => props.list.todos)
    return () => {
      props.log(`todos of ${props.list.id}`)
      return h(
        'ul',
        rows.value.map((row) => h(Row, { key: row.$key, row, log: props.log })),
      )
    }
  },
})

const List = defineComponent({
  props: { list: { type: Object as PropType<ListWithTodos>, required: true }, log },
  setup: (props) => () => {
    props.log(`list ${props.list.id}`)
    return [h('b', props.list.title), h(Children, { list: props.list, log: props.log })]
  },
})

const Titles = defineComponent({
  props: {
    list: { type: Object as PropType<{ id: string; titles: string[] }>, required: true },
    log,
  },
  setup: (props) => () => {
    props.log(`list ${props.list.id}`)
    return h('li', props.list.titles.join(', '))
  },
})

testIncludes({
  flush: () => nextTick(),

  mountIncludes: (props) =>
    mount(() => {
      const { rows } = useLiveQuery({ query: (q) => withTodos(q, props), keepAliveMs: 0 })
      return () => {
        props.log('lists')
        return rows.value.map((list) => h(List, { key: list.id, list, log: props.log }))
      }
    }),

  mountArrays: (props) =>
    mount(() => {
      const { rows } = useLiveQuery((q) => withTitles(q, props))
      return () => rows.value.map((list) => h(Titles, { key: list.id, list, log: props.log }))
    }),
})
