import { batch, row, rows } from '@rowsignal/core'
import { toObservable } from '@rowsignal/core/observable'
import { combineLatest, firstValueFrom, from, map, take, toArray } from 'rxjs'
import { expect, test } from 'vitest'
import { openTodos, todo } from '../../support/synced-collection.ts'

test('rxjs takes a readable as an observable, and unsubscribing leaves no listener', async () => {
  const { todos, put } = openTodos(['a'])
  const titles = firstValueFrom(
    from(toObservable(rows(todos))).pipe(
      map((all) => all[0]?.title),
      take(2),
      toArray(),
    ),
  )
  put(todo('a', { title: 'changed' }))
  expect(await titles).toEqual(['title a', 'changed'])
  expect(todos.subscriberCount).toBe(0)
})

test('an observable emits nothing for an equal value, and a batch once for each observable', () => {
  const { todos, put } = openTodos(['a', 'b'])
  const log: string[] = []
  const pair = combineLatest([toObservable(row(todos, 'a')), toObservable(row(todos, 'b'))])
  const subscription = pair.subscribe(([a, b]) => log.push(`${a?.title}, ${b?.title}`))
  put(todo('c'))
  batch(() => {
    put(todo('a', { title: 'unseen' }))
    put(todo('a', { title: 'A' }))
    put(todo('b', { title: 'B', rank: 1 }))
  })
  subscription.unsubscribe()
  put(todo('a', { title: 'after' }))
  expect(log).toEqual(['title a, title b', 'A, title b', 'A, B'])
  expect(todos.subscriberCount).toBe(0)
})
