/** A page that stays while Solid prepares the next one in a transition. */
import { rows } from '@rowsignal/core'
import { useLiveQuery, useReadable, useRow, useRows } from '@rowsignal/solid'
import type { InitialQueryBuilder } from '@tanstack/db'
import { createComponent, createResource, createSignal, startTransition, Suspense } from 'solid-js'
import { expect, onTestFinished, test } from 'vitest'
import { eventually } from '../support/eventually.ts'
import { openTodos, todo } from '../support/synced-collection.ts'
import type { Todos } from './contract.ts'
import { mountSolid, solidNode } from './mount-solid.ts'

/** Ways to show the title of row `a` of a collection that may switch. */
const ways: Record<string, (todos: () => Todos) => () => string | undefined> = {
  'a live row of useRows': (todos) => {
    const all = useRows(todos)
    return () => all()[0]?.title
  },
  'a live row of useLiveQuery': (todos) => {
    const query = useLiveQuery(() => {
      const todo = todos()
      return { query: (q: InitialQueryBuilder) => q.from({ todo }), keepAliveMs: 0 }
    })
    return () => query()[0]?.title
  },
  useRow: (todos) => {
    const row = useRow(todos, 'a')
    return () => row()?.title
  },
  useReadable: (todos) => {
    const all = useReadable(() => rows(todos()))
    return () => all()[0]?.title
  },
}

test.each(Object.entries(ways))(
  'the old page goes on while a transition waits: %s',
  async (_, way) => {
    const [left, right] = [openTodos([]), openTodos([])]
    for (const { todos } of [left, right]) todos.startSyncImmediate()
    left.put(todo('a', { title: 'left' }))
    right.put(todo('a', { title: 'right' }))
    const [shown, setShown] = createSignal(left.todos)
    let arrive = () => {}
    const { element, unmount } = mountSolid(() =>
      createComponent(Suspense, {
        get children() {
          const [slow] = createResource(shown, (todos) =>
            todos === left.todos
              ? 'first'
              : new Promise<string>((resolve) => (arrive = () => resolve('second'))),
          )
          const title = way(shown)
          return [solidNode('p', () => slow()), solidNode('li', () => title())]
        },
      }),
    )
    onTestFinished(unmount)
    const page = () => element.textContent
    await eventually(() => expect(page()).toBe('firstleft'))
    const done = startTransition(() => setShown(() => right.todos))
    await Promise.resolve()
    expect(page()).toBe('firstleft')
    left.put(todo('a', { title: 'left still' }))
    await eventually(() => expect(page()).toBe('firstleft still'))
    right.put(todo('a', { title: 'right meanwhile' }))
    arrive()
    await done
    expect(page()).toBe('secondright meanwhile')
    left.put(todo('a', { title: 'unseen' }))
    right.put(todo('a', { title: 'followed' }))
    expect(page()).toBe('secondfollowed')
    unmount()
    await eventually(() =>
      expect([left, right].map(({ todos }) => todos.subscriberCount)).toEqual([0, 0]),
    )
  },
)
