import { createRowsignal, useLiveQuery, useRow, useRows } from '@rowsignal/vue'
import { createApp, defineComponent, h } from 'vue'
import { type Mount, topTwo } from './shown.ts'

const Item = defineComponent({
  props: { row: { type: Object, required: true } },
  setup:
    ({ row }) =>
    () =>
      h('li', `${row['title']} `),
})

export const mount: Mount = ({ database, todos, seeds, limit }, root) => {
  const app = createApp({
    setup() {
      const all = useRows(todos, limit === undefined ? undefined : { limit })
      const first = useRow(todos, 'row 1')
      const top = useLiveQuery(() => topTwo(todos))
      return () => [
        h('b', `${all.isSeed.value ? 'seed' : all.status.value} ${all.size.value}: `),
        h(
          'ul',
          all.rows.value.map((row) => h(Item, { key: row.id, row })),
        ),
        h('i', `first ${first.value?.title ?? 'none'}, `),
        h('i', `top ${top.rows.value.map(({ title }) => title).join()}`),
      ]
    },
  })
  app.use(createRowsignal({ database, seeds })).mount(root)
}
