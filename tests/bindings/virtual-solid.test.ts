import { useLiveQuery, useReadable } from '@rowsignal/solid'
import { sqlQuery } from '@rowsignal/core'
import { inArray } from '@tanstack/db'
import { createVirtualizer } from '@tanstack/solid-virtual'
import { createComponent, createMemo, createRenderEffect, For, type JSX } from 'solid-js'
import { mountSolid as mount, solidNode as node } from './mount-solid.ts'
import { blockIds, blockRows, rowHeight, testVirtual, type VirtualProps } from './virtual-suite.ts'

function Block({
  block,
  given: { database, places },
}: {
  block: number
  given: VirtualProps
}): JSX.Element {
  const query = sqlQuery<{ id: string }>(database, blockIds, [block * blockRows])
  const found = useReadable(() => query)
  const ids = createMemo(() => found().rows.map(({ id }) => id))
  const rows = useLiveQuery((q) =>
    ids().length === 0
      ? undefined
      : q.from({ place: places }).where(({ place }) => inArray(place.id, ids())),
  )
  const byId = createMemo(() => new Map(rows.rows.map((row) => [row.id, row])))
  return For({
    get each() {
      return ids()
    },
    children: (id, index) => {
      const item = node('li', () => byId().get(id)?.name ?? '')
      createRenderEffect(() => (item.dataset['index'] = String(block * blockRows + index())))
      return item
    },
  })
}

testVirtual({
  mountVirtual: (given) =>
    mount(() => {
      const scroller = node('div')
      scroller.className = 'scroller'
      scroller.style.cssText = 'height: 400px; overflow: auto'
      const blocks = createVirtualizer<HTMLElement, HTMLElement>({
        count: Math.ceil(given.count / blockRows),
        getScrollElement: () => scroller,
        estimateSize: (block) => Math.min(blockRows, given.count - block * blockRows) * rowHeight,
        overscan: 1,
      })
      const shown = createMemo(() => blocks.getVirtualItems().map(({ index }) => index), [], {
        equals: (before, next) => before.join() === next.join(),
      })
      const all = node('div', () =>
        For({
          get each() {
            return shown()
          },
          children: (block) => {
            const list = node('ul', () => createComponent(Block, { block, given }))
            list.style.cssText = `position: absolute; top: ${block * blockRows * rowHeight}px; margin: 0; padding: 0; font: 12px/${rowHeight}px monospace; list-style: none`
            return list
          },
        }),
      )
      createRenderEffect(() => {
        all.style.cssText = `position: relative; height: ${blocks.getTotalSize()}px`
      })
      scroller.append(all)
      return scroller
    }),
})
