import { tick } from 'svelte'
import { expect, onTestFinished, test } from 'vitest'
import { openTodos, todo } from '../support/synced-collection.ts'
import { mountSvelte as mount } from './mount-svelte.ts'
import Blocks from './svelte/Blocks.svelte'

const idAt = (index: number): string => `t${String(index).padStart(3, '0')}`

test('a row that comes, goes or changes leaves every block but its own', async () => {
  const { todos, put, remove } = openTodos(Array.from({ length: 40 }, (_, index) => idAt(index)))
  let read: (() => readonly (readonly { id: string }[])[]) | undefined
  const log: string[] = []
  const { element, unmount } = mount(Blocks, {
    todos,
    blockRows: 10,
    log: (entry: string) => void log.push(entry),
    expose: (blocks: () => readonly (readonly { id: string }[])[]) => void (read = blocks),
  })
  onTestFinished(unmount)
  const settled = async () => {
    await tick()
    const shown = Array.from(element.querySelectorAll('li'), (li) => li.textContent)
    expect(shown).toEqual([...todos.values()].map(({ title }) => title))
    return { lengths: read!().map(({ length }) => length), blocks: read!(), ran: log.splice(0) }
  }
  const first = await settled()
  expect(first.lengths).toEqual([10, 10, 10, 10])

  put(todo('t005x'))
  const inserted = await settled()
  expect([inserted.lengths, inserted.ran]).toEqual([[11, 10, 10, 10], ['row t005x']])
  expect(inserted.blocks.slice(1)).toEqual(first.blocks.slice(1))
  expect(inserted.blocks[3]).toBe(first.blocks[3])

  put(todo('t020', { title: 'changed', rank: 20 }))
  const changed = await settled()
  expect([changed.blocks, changed.ran]).toEqual([inserted.blocks, ['row t020']])
  expect(changed.blocks).toBe(inserted.blocks)

  remove('t021', 't010') // inside, and the first of a block, which joins nothing for it is long enough
  const removed = await settled()
  expect(removed.lengths.reduce((sum, length) => sum + length)).toBe(39)
  expect(removed.blocks.at(-1)).toBe(first.blocks.at(-1))

  put(...Array.from({ length: 15 }, (_, index) => todo(`t035-${String(index).padStart(2, '0')}`)))
  const { lengths } = await settled()
  expect(Math.max(...lengths)).toBeLessThanOrEqual(20)

  remove(...Array.from({ length: 39 }, (_, index) => idAt(index)).filter((id) => todos.has(id)))
  const few = await settled()
  expect(few.blocks.flat().map(({ id }) => id)).toEqual([...todos.keys()])
  remove(...todos.keys())
  expect((await settled()).blocks).toEqual([])
})
