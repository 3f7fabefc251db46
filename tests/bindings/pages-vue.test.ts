import { type Refs, useLiveInfiniteQuery, usePages } from '@rowsignal/vue'
import type { InitialQueryBuilder } from '@tanstack/db'
import {
  type ComputedRef,
  defineComponent,
  h,
  nextTick,
  type PropType,
  type Ref,
  shallowRef,
  unref,
} from 'vue'
import type { Todo } from '../support/synced-collection.ts'
import type { Answer } from './contract.ts'
import { mountVue as mount } from './mount-vue.ts'
import { configOf, type InfiniteFields, type PagesFields, testPages } from './pages-suite.ts'

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

/** The values of refs, read when asked for. */
function toValues<View extends object>(refs: Refs<View>): View {
  const fields = Object.entries(refs as Record<string, Ref>).map(([name, field]) => [
    name,
    { get: () => unref(field) },
  ])
  return Object.defineProperties({} as View, Object.fromEntries(fields))
}

const listOf = (rows: ComputedRef<readonly Readonly<Todo>[]>, log: (entry: string) => void) =>
  defineComponent(() => () => rows.value.map((row) => h(Row, { key: row.id, row, log })))

testPages({
  box: (value) => shallowRef(value),
  flush: () => nextTick(),

  mountPages: ({ ask, pageRows, log, expose }) =>
    mount(() => {
      const pages = usePages(
        (q) => ask.value(q) as Answer,
        () => ({ pageRows: pageRows.value }),
      )
      const { rows, status, hasMore } = pages
      expose(() => toValues<PagesFields>(pages))
      const List = listOf(rows, log)
      return () => [h('p', `${status.value} ${hasMore.value}`), h(List)]
    }),

  mountInfinite: ({ ask, collection, config, log, expose }) =>
    mount(() => {
      const query = useLiveInfiniteQuery(
        (collection ?? ((q: InitialQueryBuilder) => ask.value(q))) as never,
        configOf(config),
      )
      const { rows, status, hasNextPage } = query
      expose(() => toValues<InfiniteFields>(query as never))
      const List = listOf(rows as ComputedRef<readonly Todo[]>, log)
      return () => [h('p', `${status.value} ${hasNextPage.value}`), h(List)]
    }),
})
