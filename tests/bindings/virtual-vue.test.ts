import { useLiveQuery, useReadable } from '@rowsignal/vue'
import { sqlQuery } from '@rowsignal/core'
import { inArray } from '@tanstack/db'
import { useVirtualizer } from '@tanstack/vue-virtual'
import { computed, defineComponent, h, type PropType, shallowRef } from 'vue'
import { mountVue as mount } from './mount-vue.ts'
import { blockIds, blockRows, rowHeight, testVirtual, type VirtualProps } from './virtual-suite.ts'

const Block = defineComponent({
  props: {
    block: { type: Number, required: true },
    given: { type: Object as PropType<VirtualProps>, required: true },
  },
  setup({ block, given: { database, places } }) {
    const found = useReadable(sqlQuery<{ id: string }>(database, blockIds, [block * blockRows]))
    const ids = computed(() => found.value.rows.map(({ id }) => id))
    const { rows } = useLiveQuery((q) =>
      ids.value.length === 0
        ? undefined
        : q.from({ place: places }).where(({ place }) => inArray(place.id, ids.value)),
    )
    const byId = computed(() => new Map(rows.value.map((row) => [row.id, row])))
    return () =>
      ids.value.map((id, index) =>
        h(
          'li',
          { key: id, 'data-index': block * blockRows + index },
          byId.value.get(id)?.name ?? '',
        ),
      )
  },
})

testVirtual({
  mountVirtual: (given) =>
    mount(() => {
      const scroller = shallowRef<HTMLElement | null>(null)
      const blocks = useVirtualizer<HTMLElement, HTMLElement>({
        count: Math.ceil(given.count / blockRows),
        getScrollElement: () => scroller.value,
        estimateSize: (block) => Math.min(blockRows, given.count - block * blockRows) * rowHeight,
        overscan: 1,
      })
      return () => {
        const items = blocks.value.getVirtualItems()
        return h(
          'div',
          { ref: scroller, class: 'scroller', style: 'height: 400px; overflow: auto' },
          [
            h(
              'div',
              { style: `position: relative; height: ${blocks.value.getTotalSize()}px` },
              items.map(({ index, start }) =>
                h(
                  'ul',
                  {
                    key: index,
                    style: `position: absolute; top: ${start}px; margin: 0; padding: 0; font: 12px/${rowHeight}px monospace; list-style: none`,
                  },
                  h(Block, { block: index, given }),
                ),
              ),
            ),
          ],
        )
      }
    }),
})
