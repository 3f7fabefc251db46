import { liveQuery, type RowStatus, seed, type Seeds } from '@rowsignal/core'
import { gt } from '@tanstack/db'
import { expect, onTestFinished, test } from 'vitest'
import { eventually } from '../support/eventually.ts'
import { openSlowTodos, openTodos, todo } from '../support/synced-collection.ts'
import type { Ask, Driver, Mounted, QueryFields, Todos } from './contract.ts'
import { mounting } from './mounting.ts'

const all =
  (todos: Todos): Ask =>
  (q) =>
    q.from({ todo: todos })

const named =
  (todos: Todos, queryKey: readonly unknown[]): Ask =>
  () => ({ query: all(todos), queryKey })

/** What a page shows before its collections have been read, in every framework. */
export function testSeeds(driver: Driver): void {
  const { box, flush } = driver
  const { mount, mountList, mountQuery } = mounting(driver)

  test('a list shows its seed until the collection is read, and then runs what differs alone', async () => {
    const { todos, finish } = openSlowTodos(['a', 'b'])
    const given = seed(todos, [todo('a'), todo('b', { title: 'of before' })])
    const { element, texts, heading, ran } = await mountList(todos, undefined, [given])
    expect([texts(), heading()]).toEqual([['title a', 'of before'], 'loading 2'])
    const nodes = [...element.querySelectorAll('li')]
    finish()
    expect(await ran()).toEqual(['row b'])
    expect([texts(), heading()]).toEqual([['title a', 'title b'], 'ready 2'])
    expect([...element.querySelectorAll('li')]).toEqual(nodes)
  })

  test('reading begins when the seed has been shown, and is told as loading before', async () => {
    const { todos } = openSlowTodos(['a'])
    let read: (() => QueryFields) | undefined
    let mounted: Mounted | undefined
    const shown = () => mounted?.element.querySelector('li')?.textContent
    const shownAtBeginning: unknown[] = []
    todos.on('status:change', () => void shownAtBeginning.push(shown()))
    mounted = driver.mountQuery({
      ask: box(() => todos),
      log: () => undefined,
      expose: (query) => void (read = query),
      seeds: [seed(todos, [todo('a')])],
    })
    onTestFinished(mounted.unmount)
    await flush()
    expect([shown(), read?.().status]).toEqual(['title a', 'loading'])
    await eventually(() => expect(todos.status).toBe('loading'))
    expect(shownAtBeginning).toEqual(['title a'])
  })

  test('an equal seed is replaced without a run', async () => {
    const { todos, finish } = openSlowTodos(['a', 'b'])
    const { ran, query } = await mountQuery(() => todos, [seed(todos, [todo('a'), todo('b')])])
    const { rows } = query()
    expect([query().isSeed, query().isPlaceholderData, query().isLoading]).toEqual([
      true,
      false,
      true,
    ])
    finish()
    expect(await ran()).toEqual([])
    expect(query().rows).toBe(rows)
    expect([query().isSeed, query().isReady]).toEqual([false, true])
  })

  test('rows that came, went and moved since the seed are one run of the list', async () => {
    const { todos, finish } = openSlowTodos(['a', 'b', 'c'])
    const given = seed(todos, [todo('c'), todo('gone'), todo('a')])
    const { element, texts, ran } = await mountList(todos, undefined, [given])
    const nodeOf = (title: string) =>
      [...element.querySelectorAll('li')].find(({ textContent }) => textContent === title)
    const kept = [nodeOf('title a'), nodeOf('title c')]
    finish()
    expect(await ran()).toEqual(['list', 'row b'])
    expect(texts()).toEqual(['title a', 'title b', 'title c'])
    expect([nodeOf('title a'), nodeOf('title c')]).toEqual(kept)
  })

  test('rows of a seed are followed as soon as they are those of the collection', async () => {
    const { todos, put } = openTodos(['a'])
    const { texts, ran } = await mountList(todos, undefined, [seed(todos, [todo('z')])])
    expect(texts()).toEqual(['title a'])
    put(todo('a', { title: 'changed' }))
    expect(await ran()).toEqual(['row a'])
    expect(texts()).toEqual(['changed'])
  })

  test('rows that come before the collection is ready wait behind the seed', async () => {
    const { todos, finish, write } = openSlowTodos(['a', 'b'])
    const { texts, ran } = await mountList(todos, undefined, [seed(todos, [todo('a')])])
    write(todo('c'))
    expect([await ran(), texts()]).toEqual([[], ['title a']])
    finish()
    expect(await ran()).toEqual(['list', 'row b', 'row c'])
    expect(texts()).toEqual(['title a', 'title b', 'title c'])
  })

  test.each<[string, (todos: Todos) => [Ask, Seeds]]>([
    ['its key', (todos) => [named(todos, ['all', 1]), seed(['all', 1], [todo('a')])]],
    [
      'an equal live query',
      (todos) => [
        all(todos),
        seed(
          liveQuery((q) => q.from({ every: todos })),
          [todo('a')],
        ),
      ],
    ],
  ])('a query shows the seed that it is given by %s', async (_, open) => {
    const { todos, finish } = openSlowTodos(['a'])
    const [ask, given] = open(todos)
    const { texts, ran, query } = await mountQuery(ask, [given])
    expect([texts(), query().isSeed, query().status]).toEqual([['title a'], true, 'loading'])
    expect(query().data.map(({ title }) => title)).toEqual(['title a'])
    expect([...query().state.keys()]).toEqual(['a'])
    finish()
    expect(await ran()).toEqual([])
    expect([texts(), query().isSeed, query().status]).toEqual([['title a'], false, 'ready'])
  })

  test('a query without a seed of its key shows none', async () => {
    const { todos } = openSlowTodos(['a'])
    const { texts, query } = await mountQuery(named(todos, ['all', 1]), [
      seed(['all', 2], [todo('a')]),
    ])
    expect([texts(), query().isSeed]).toEqual([[], false])
  })

  test('a changed query that has a seed shows it, and no rows of before', async () => {
    const [fast, slow] = [openTodos(['a']), openSlowTodos(['b'])]
    const { ask, texts, ran, query } = await mountQuery(named(fast.todos, ['fast']), [
      seed(['slow'], [todo('b', { title: 'of the last visit' })]),
    ])
    expect(texts()).toEqual(['title a'])
    ask.value = named(slow.todos, ['slow'])
    await ran()
    expect([texts(), query().isSeed, query().isPlaceholderData]).toEqual([
      ['of the last visit'],
      true,
      false,
    ])
    await eventually(() => expect(slow.todos.status).toBe('loading'))
    slow.finish()
    await ran()
    expect([texts(), query().isSeed]).toEqual([['title b'], false])
  })

  test('a query of one row shows the first of its seed, and a seed of none shows none', async () => {
    const { todos } = openSlowTodos(['a'])
    const one: Ask = () => ({
      query: (q: Parameters<Ask>[0]) => q.from({ todo: todos }).findOne(),
      queryKey: ['one'],
    })
    const { query } = await mountQuery(one, [seed(['one'], [todo('a')])])
    expect([query().data, query().size]).toEqual([expect.objectContaining({ id: 'a' }), 1])
    const none = await mountQuery(one, [seed(['one'], [])])
    expect([none.query().data, none.query().isSeed]).toEqual([undefined, true])
  })

  test('a window shows its part of a seed, and the size of all', async () => {
    const { todos, finish } = openSlowTodos(['a', 'b', 'c'])
    const given = seed(todos, [todo('a'), todo('b')], { size: 3 })
    const { texts, heading, window, ran } = await mountList(todos, { limit: 1, offset: 1 }, [given])
    expect([texts(), heading()]).toEqual([['title b'], 'loading 3'])
    window.value = { limit: 2, offset: 1 }
    await ran()
    expect(texts()).toEqual(['title b'])
    finish()
    expect(await ran()).toEqual(['list', 'row c'])
    expect([texts(), heading()]).toEqual([['title b', 'title c'], 'ready 3'])
  })

  test('one row is that of the seed, and one that the seed has not is loading', async () => {
    const { todos, finish } = openSlowTodos(['a', 'b'])
    const log: string[] = []
    const key = box<string | undefined>('a')
    let read: (() => RowStatus) | undefined
    const { element, unmount } = await mount(driver.mountRow, {
      collection: todos,
      key,
      log: (entry: string) => void log.push(entry),
      expose: (row: () => RowStatus) => void (read = row),
      seeds: [seed(todos, [todo('a', { title: 'seeded' })])],
    })
    expect([element.textContent, read?.().isSeed]).toEqual(['seeded', true])
    key.value = 'b'
    await flush()
    expect([element.textContent, read?.().isLoading]).toEqual(['none', true])
    key.value = 'a'
    await flush()
    finish()
    await flush()
    expect([element.textContent, read?.().isSeed, read?.().isReady]).toEqual([
      'title a',
      false,
      true,
    ])
    expect(log).toEqual(['seeded', 'none', 'seeded', 'title a'])
    await unmount()
    await eventually(() => expect(todos.subscriberCount).toBe(0))
  })

  test('a form shows the row of a seed, keeps what is typed, and saves when the row has been read', async () => {
    const { todos, finish } = openSlowTodos(['a'])
    const given = seed(todos, [todo('a')])
    const key = box<string | undefined>('a')
    const { element } = await mount(driver.mountForm, { collection: todos, key, seeds: [given] })
    const input = element.querySelector('input') as HTMLInputElement
    const save = element.querySelector<HTMLButtonElement>('button[name=save]')
    expect([input.value, save?.disabled]).toEqual(['title a', true])
    input.value = 'typed'
    input.dispatchEvent(new Event('input', { bubbles: true }))
    await flush()
    expect([input.value, save?.disabled]).toEqual(['typed', true])
    finish()
    await flush()
    expect([input.value, save?.disabled]).toEqual(['typed', false])
  })

  test('a collection that cannot be read shows no seed, and why', async () => {
    const { todos, fail } = openSlowTodos(['a'])
    const { texts, ran, query } = await mountQuery(() => todos, [seed(todos, [todo('a')])])
    expect(texts()).toEqual(['title a'])
    fail(new Error('unreachable'))
    await ran()
    expect([texts(), query().isSeed, query().error?.code]).toEqual([[], false, 'collection-failed'])
  })

  test('a seed that is dropped is gone, and says so', async () => {
    const { todos, finish } = openSlowTodos(['a'])
    const given = seed(todos, [todo('a')])
    const { texts, ran, query } = await mountQuery(() => todos, [given])
    const told = () => [texts(), query().isSeed, query().status]
    expect(told()).toEqual([['title a'], true, 'loading'])
    ;(given.find(todos) as { drop(): void }).drop()
    await ran()
    expect(told()).toEqual([[], false, 'loading'])
    finish()
    await ran()
    expect(told()).toEqual([['title a'], false, 'ready'])
  })

  test('of two seeds for the same rows the first counts', async () => {
    const { todos } = openSlowTodos(['a'])
    const [near, far] = [seed(todos, [todo('a')]), seed(todos, [todo('b')])]
    const { texts } = await mountList(todos, undefined, [near, far])
    expect(texts()).toEqual(['title a'])
  })

  test('an unmount lets a seeded collection go, and a second mount shows the seed again', async () => {
    const { todos, finish } = openSlowTodos(['a'])
    const seeds = [seed(todos, [todo('a'), todo('b')])]
    const first = await mountList(todos, undefined, seeds)
    const second = await mountList(todos, undefined, seeds)
    expect(todos.subscriberCount).toBe(1)
    await first.unmount()
    await second.unmount()
    await eventually(() => expect(todos.subscriberCount).toBe(0))
    const third = await mountList(todos, undefined, seeds)
    expect(third.texts()).toEqual(['title a', 'title b'])
    finish()
    await third.ran()
    expect(third.texts()).toEqual(['title a'])
  })

  test('a query over rows that are selected keeps its seed apart by their key', async () => {
    const { todos, finish } = openSlowTodos(['a', 'b', 'c'])
    const ask: Ask = () => ({
      query: (q: Parameters<Ask>[0]) =>
        q
          .from({ todo: todos })
          .where(({ todo }) => gt(todo.rank, 0))
          .orderBy(({ todo }) => todo.rank, 'desc')
          .select(({ todo }) => ({ title: todo.title, id: todo.id })),
      queryKey: ['selected'],
    })
    const { texts, ran } = await mountQuery(ask, [
      seed(
        ['selected'],
        [
          { id: 'c', title: 'title c' },
          { id: 'b', title: 'title b' },
        ],
      ),
    ])
    expect(texts()).toEqual(['title c', 'title b'])
    finish()
    expect(await ran()).toEqual([])
    expect(texts()).toEqual(['title c', 'title b'])
  })
}
