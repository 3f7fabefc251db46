import type { AnswerRows, RowOf } from '@rowsignal/core'
import { eq, type InitialQueryBuilder, toArray } from '@tanstack/db'
import { expect, onTestFinished, test } from 'vitest'
import { eventually } from '../support/eventually.ts'
import { openTodos, todo } from '../support/synced-collection.ts'
import type { Driver, Logged, Mounted, Todos } from './contract.ts'

export interface IncludesProps extends Logged {
  readonly lists: Todos
  readonly todos: Todos
}

export interface IncludesDriver extends Pick<Driver, 'flush'> {
  /**
   * `useLiveQuery` of `withTodos` that is not kept, logged as `lists`, with a component for each list: its title in a `<b>`, logged as `list <id>`, and in an `<ul>`
   * `useRows` of its todos, logged as `todos of <id>`, with a component for each row that logs `row <id>`.
   */
  readonly mountIncludes: (props: IncludesProps) => Mounted
  /** The same with `withTitles`: an `<li>` for each list, of all titles, logged as `list <id>`. */
  readonly mountArrays: (props: IncludesProps) => Mounted
}

/** Lists with their todos, whose `note` is the id of the list. */
export const withTodos = (q: InitialQueryBuilder, { lists, todos }: IncludesProps) =>
  q.from({ list: lists }).select(({ list }) => ({
    id: list.id,
    title: list.title,
    todos: q
      .from({ todo: todos })
      .where(({ todo }) => eq(todo.note, list.id))
      .orderBy(({ todo }) => todo.rank)
      .select(({ todo }) => ({ id: todo.id, title: todo.title })),
  }))

/** Lists with the titles of their todos. */
export const withTitles = (q: InitialQueryBuilder, { lists, todos }: IncludesProps) =>
  q.from({ list: lists }).select(({ list }) => ({
    id: list.id,
    titles: toArray(
      q
        .from({ todo: todos })
        .where(({ todo }) => eq(todo.note, list.id))
        .orderBy(({ todo }) => todo.rank)
        .select(({ todo }) => todo.title),
    ),
  }))

/** A row of `withTodos`, as `useLiveQuery` types it. */
export type ListWithTodos = AnswerRows<ReturnType<typeof withTodos>>[number]
export type TodoOfList = Readonly<RowOf<ListWithTodos['todos']>> & {
  readonly $key: string | number
}

/** What `useLiveQuery` promises of child collections in every framework. */
export function testIncludes({ flush, mountIncludes, mountArrays }: IncludesDriver): void {
  async function open(how: (props: IncludesProps) => Mounted) {
    const [lists, todos] = [openTodos(['x', 'y']), openTodos([])]
    todos.todos.startSyncImmediate()
    todos.put(
      todo('a', { note: 'x', rank: 1 }),
      todo('b', { note: 'x', rank: 2 }),
      todo('c', { note: 'y', rank: 3 }),
    )
    const entries: string[] = []
    const mounted = how({
      lists: lists.todos,
      todos: todos.todos,
      log: (entry) => void entries.push(entry),
    })
    let isGone = false
    const unmount = () => {
      if (!isGone) mounted.unmount()
      isGone = true
    }
    onTestFinished(unmount)
    const ran = async () => {
      await flush()
      return entries.splice(0).sort()
    }
    await ran()
    const texts = () =>
      Array.from(mounted.element.querySelectorAll('b, li'), (one) => one.textContent)
    return { lists, todos, ran, texts, unmount }
  }

  test('children are live rows: a changed one runs alone, not its siblings, no list', async () => {
    const { todos, ran, texts } = await open(mountIncludes)
    expect(texts()).toEqual(['title x', 'title a', 'title b', 'title y', 'title c'])
    todos.put(todo('b', { title: 'changed', note: 'x', rank: 2 }))
    expect(await ran()).toEqual(['row b'])
    expect(texts()).toEqual(['title x', 'title a', 'changed', 'title y', 'title c'])
  })

  test('a child that comes, goes or moves runs the children of its list alone', async () => {
    const { todos, ran, texts } = await open(mountIncludes)
    todos.put(todo('d', { note: 'y', rank: 0 }))
    expect(await ran()).toEqual(['row d', 'todos of y'])
    todos.remove('a')
    expect(await ran()).toEqual(['todos of x'])
    todos.put(todo('d', { note: 'y', rank: 9 }))
    expect(await ran()).toEqual(['todos of y'])
    expect(texts()).toEqual(['title x', 'title b', 'title y', 'title c', 'title d'])
  })

  test('a child that gets another parent leaves one list and enters the other', async () => {
    const { todos, ran, texts } = await open(mountIncludes)
    todos.put(todo('a', { note: 'y', rank: 1 }))
    expect(await ran()).toEqual(['row a', 'todos of x', 'todos of y'])
    expect(texts()).toEqual(['title x', 'title b', 'title y', 'title a', 'title c'])
  })

  test('a changed parent runs alone, and keeps its children', async () => {
    const { lists, todos, ran, texts } = await open(mountIncludes)
    lists.put(todo('x', { title: 'renamed' }))
    expect(await ran()).toEqual(['list x'])
    todos.put(todo('a', { title: 'changed', note: 'x', rank: 1 }))
    expect(await ran()).toEqual(['row a'])
    expect(texts()).toEqual(['renamed', 'changed', 'title b', 'title y', 'title c'])
  })

  test('a parent comes with its children, and goes with them', async () => {
    const { lists, todos, ran, texts } = await open(mountIncludes)
    todos.put(todo('e', { note: 'z' }))
    expect(await ran()).toEqual([])
    lists.put(todo('z'))
    expect(await ran()).toEqual(['list z', 'lists', 'row e', 'todos of z'])
    lists.remove('x')
    expect(await ran()).toEqual(['lists'])
    expect(texts()).toEqual(['title y', 'title c', 'title z', 'title e'])
  })

  test('children in an array are a column: a changed one runs what shows its parent', async () => {
    const { todos, ran, texts } = await open(mountArrays)
    expect(texts()).toEqual(['title a, title b', 'title c'])
    todos.put(todo('b', { title: 'changed', note: 'x', rank: 2 }))
    expect(await ran()).toEqual(['list x'])
    expect(texts()).toEqual(['title a, changed', 'title c'])
  })

  test('nothing is left of children after the component', async () => {
    const { lists, todos, unmount } = await open(mountIncludes)
    expect([lists, todos].map((one) => one.todos.subscriberCount > 0)).toEqual([true, true])
    unmount()
    await eventually(() =>
      expect([lists, todos].map((one) => one.todos.subscriberCount)).toEqual([0, 0]),
    )
  })
}
