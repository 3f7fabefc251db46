/** What a page does that waits for its rows, in every framework and in its own manner. */
import { createPowerSyncCollection, isRowsignalError, seed } from '@rowsignal/core'
import { eq } from '@tanstack/db'
import { expect, onTestFinished, test, vi } from 'vitest'
import { openDatabase } from '../support/database.ts'
import { eventually } from '../support/eventually.ts'
import { openSlowTodos, openTodos, todo } from '../support/synced-collection.ts'
import {
  type Ask,
  type Box,
  type Driver,
  type Logged,
  type Mounted,
  type QueryFields,
  schema,
  type Seeded,
  type Todos,
} from './contract.ts'

export interface WaitingProps extends Logged, Seeded {
  /** Read by the query function. */
  readonly ask: Box<Ask>
  /** Gives the query, which is asked for above what waits. */
  readonly expose: (query: () => QueryFields) => void
}

export interface EachProps {
  readonly collection: Todos
}

export interface ThrowingProps {
  readonly collection: Todos
}

export interface SuspenseDriver extends Pick<Driver, 'box' | 'flush'> {
  /** Whether the old page stays when something else is asked for, or what is shown while waiting takes its place. */
  readonly staysWhileChanging: boolean
  /**
   * A page that waits for a `useLiveQuery`: `<p>pending</p>` meanwhile, `<p>` with the code of the error and a button that
   * has it try again when it fails, else `<p>` with status and size and a component for each row. Logs `pending` when that
   * is shown, `list` when the list runs and `row <id>`.
   */
  readonly mountWaiting: (props: WaitingProps) => Mounted
  /** One that waits for each hook by itself: a `<p>` with the first title that `useRows`, `useRow`, `usePages` and `useLiveInfiniteQuery` have. */
  readonly mountEach: (props: EachProps) => Mounted
  /** `useRows` with `throwErrors`, not waited for: `<p>` with the size, or with the code of the error where it has been caught. */
  readonly mountThrowing: (props: ThrowingProps) => Mounted
}

/** The code of what an error boundary has caught. */
export function codeOf(error: unknown): string {
  return isRowsignalError(error) ? error.code : String(error)
}

const all =
  (todos: Todos): Ask =>
  () =>
    todos

export function testSuspense(driver: SuspenseDriver): void {
  const { box, flush, staysWhileChanging } = driver

  function mount<Props>(how: (props: Props) => Mounted, props: Props) {
    const mounted = how(props)
    let isGone = false
    const unmount = async (): Promise<void> => {
      if (!isGone) mounted.unmount()
      isGone = true
      await flush()
    }
    onTestFinished(unmount)
    const text = (): string | undefined =>
      mounted.element.querySelector('p')?.textContent.replaceAll(/\s+/g, ' ').trim()
    const shows = (expected: string) => eventually(() => expect(text()).toBe(expected))
    return { ...mounted, unmount, text, shows }
  }

  function mountWaiting(ask: Ask, seeds: WaitingProps['seeds'] = []) {
    const entries: string[] = []
    let read: (() => QueryFields) | undefined
    const props = {
      ask: box(ask),
      seeds,
      log: (entry: string) => void entries.push(entry),
      expose: (query: () => QueryFields) => void (read = query),
    }
    const mounted = mount(driver.mountWaiting, props)
    const ran = async (): Promise<string[]> => {
      await flush()
      return entries.splice(0).sort()
    }
    const texts = (): string[] =>
      Array.from(mounted.element.querySelectorAll('li'), (li) => li.textContent)
    const again = () => mounted.element.querySelector('button')?.click()
    return { ...mounted, ...props, ran, texts, again, entries, query: () => read!() }
  }

  /** An on-demand collection of a real database, whose loads answer as the test says. */
  async function openOnDemand(load: (demand: number) => Promise<void>) {
    const database = await openDatabase(schema)
    await database.execute(
      "INSERT INTO todos (id, title, done) VALUES ('a', 'title a', 0), ('b', 'title b', 1)",
    )
    const end = vi.fn<() => void>()
    let demands = 0
    const todos = createPowerSyncCollection({
      database,
      table: schema.props.todos,
      syncMode: 'on-demand',
      keepAliveMs: 0,
      onLoadSubset: async () => {
        await load(++demands)
        return end
      },
    })
    const done =
      (value: number): Ask =>
      (q) => ({
        query: q.from({ todo: todos }).where(({ todo }) => eq(todo.done, value)),
        keepAliveMs: 0,
      })
    return { database, todos, done, end, demands: () => demands }
  }

  const later = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

  test.each([0, 50, 500])(
    'a page waits for rows that are asked for and come after %i ms, once',
    async (ms) => {
      const { database, todos, done } = await openOnDemand(() => later(ms))
      const { texts, shows, ran, entries } = mountWaiting(done(0))
      await shows('ready 1')
      expect(entries).toContain('pending')
      await ran()
      await database.execute("INSERT INTO todos (id, title, done) VALUES ('c', 'title c', 0)")
      await eventually(() => expect(texts().toSorted()).toEqual(['title a', 'title c']))
      todos.update('a', (draft) => void (draft.title = 'changed'))
      await eventually(() => expect(texts().toSorted()).toEqual(['changed', 'title c']))
      expect(await ran()).not.toContain('pending')
    },
  )

  test('a load that fails reaches what catches errors, and is tried again', async () => {
    vi.spyOn(console, 'error').mockReturnValue()
    vi.spyOn(console, 'warn').mockReturnValue()
    const { done } = await openOnDemand((demand) =>
      demand === 1 ? Promise.reject(new Error('refused')) : Promise.resolve(),
    )
    const { shows, again, texts } = mountWaiting(done(0))
    await shows('collection-failed')
    again()
    await shows('ready 1')
    expect(texts()).toEqual(['title a'])
  })

  test('what has come is a page: a changed row runs again alone', async () => {
    const { todos, write, finish } = openSlowTodos(['a', 'b'])
    const { ran, shows, texts } = mountWaiting(all(todos))
    await shows('pending')
    finish()
    await shows('ready 2')
    await ran()
    write(todo('c', { title: 'new', rank: 2 }))
    await eventually(() => expect(texts()).toEqual(['title a', 'title b', 'new']))
    expect(await ran()).toEqual(['list', 'row c'])
  })

  test('a failure reaches what catches errors, and after retry() the page is back', async () => {
    vi.spyOn(console, 'error').mockReturnValue()
    vi.spyOn(console, 'warn').mockReturnValue()
    const { todos, finish, fail } = openSlowTodos(['a'])
    const { shows, again, texts } = mountWaiting(all(todos))
    await shows('pending')
    fail(new Error('offline'))
    await shows('collection-failed')
    again()
    await shows('pending')
    await eventually(() => expect(todos.status).toBe('loading'))
    fail(new Error('offline still'))
    await shows('collection-failed')
    again()
    await shows('pending')
    await eventually(() => expect(todos.status).toBe('loading'))
    finish()
    await shows('ready 1')
    expect(texts()).toEqual(['title a'])
  })

  test('an error that comes when the page is there leaves it, and is in error', async () => {
    vi.spyOn(console, 'error').mockReturnValue()
    const { todos, finish, fail } = openSlowTodos(['a'])
    const { shows, query, texts, ran } = mountWaiting(all(todos))
    await flush()
    finish()
    await shows('ready 1')
    await ran()
    fail(new Error('offline'))
    await shows('error 1')
    expect([texts(), codeOf(query().error)]).toEqual([['title a'], 'collection-failed'])
    query().retry()
    await eventually(() => expect(todos.status).toBe('loading'))
    finish()
    await shows('ready 1')
    expect(await ran()).not.toContain('pending')
  })

  test.each(['before', 'after'] as const)(
    'what was asked for first and answers %s the newest one is never shown',
    async (when) => {
      const [first, second, third] = [
        openSlowTodos(['a']),
        openSlowTodos(['b']),
        openSlowTodos(['c']),
      ]
      const { ask, shows, texts, text, unmount } = mountWaiting(all(first.todos))
      await shows('pending')
      ask.value = all(second.todos)
      await flush()
      ask.value = all(third.todos)
      await eventually(() => expect(third.todos.subscriberCount).toBeGreaterThan(0))
      if (when === 'before') {
        first.finish()
        second.fail(new Error('too late'))
        await flush()
        expect(text()).toBe('pending')
      }
      third.finish()
      await shows('ready 1')
      if (when === 'after') {
        first.finish()
        second.finish()
        await flush()
      }
      expect([text(), texts()]).toEqual(['ready 1', ['title c']])
      await unmount()
      await eventually(() =>
        expect([first, second, third].map(({ todos }) => todos.subscriberCount)).toEqual([0, 0, 0]),
      )
    },
  )

  test('a load that is given up while parameters change settles nothing', async () => {
    const waiting: (() => void)[] = []
    const { done, demands, end } = await openOnDemand(
      (demand) =>
        new Promise((resolve, reject) => {
          waiting.push(demand === 1 ? () => reject(new Error('aborted')) : resolve)
        }),
    )
    const { ask, shows, texts, text } = mountWaiting(done(0))
    await eventually(() => expect(demands()).toBe(1))
    ask.value = done(1)
    await eventually(() => expect(demands()).toBe(2))
    waiting[0]!()
    await flush()
    expect(text()).toBe('pending')
    waiting[1]!()
    await shows('ready 1')
    expect([texts(), end.mock.calls.length]).toEqual([['title b'], 0])
  })

  test('a changed query brings its own rows, and the old page stays as the framework has it', async () => {
    const [left, right] = [openTodos(['a', 'b']), openSlowTodos(['c'])]
    const { ask, shows, texts, text, ran } = mountWaiting(all(left.todos))
    await shows('ready 2')
    await ran()
    ask.value = all(right.todos)
    await eventually(() => expect(right.todos.subscriberCount).toBeGreaterThan(0))
    await flush()
    if (staysWhileChanging) {
      left.put(todo('a', { title: 'still followed' }))
      await eventually(() => expect(texts()).toEqual(['still followed', 'title b']))
      expect(await ran()).not.toContain('pending')
    } else {
      expect(text()).toBe('pending')
    }
    right.finish()
    await shows('ready 1')
    expect(texts()).toEqual(['title c'])
    ask.value = all(left.todos)
    await shows('ready 2')
    right.write(todo('d'))
    await flush()
    expect(text()).toBe('ready 2')
  })

  test('a component that leaves while it waits leaves nothing, and hears of nothing', async () => {
    const { todos, finish } = openSlowTodos(['a'])
    const failing = openSlowTodos(['a'])
    const one = mountWaiting(all(todos))
    const two = mountWaiting(all(failing.todos))
    await one.shows('pending')
    await two.shows('pending')
    await one.unmount()
    await two.unmount()
    await eventually(() =>
      expect([todos, failing.todos].map((one) => one.subscriberCount)).toEqual([0, 0]),
    )
    const before = [...one.entries, ...two.entries]
    finish()
    failing.fail(new Error('too late'))
    await flush()
    await flush()
    expect([...one.entries, ...two.entries]).toEqual(before)
  })

  test('a seed is a page, and so is a query that is disabled', async () => {
    const { todos, finish } = openSlowTodos(['a', 'b'])
    const seeded = mountWaiting(all(todos), [seed(todos, [todo('a')])])
    await seeded.shows('loading 1')
    await eventually(() => expect(todos.status).toBe('loading'))
    const { entries } = seeded
    entries.length = 0
    finish()
    await seeded.shows('ready 2')
    expect(entries).not.toContain('pending')
    const disabled = mountWaiting(() => undefined)
    await disabled.shows('disabled 0')
    disabled.ask.value = all(todos)
    await disabled.shows('ready 2')
  })

  test('a query function that throws reaches what catches errors', async () => {
    const { todos } = openTodos(['a'])
    vi.spyOn(console, 'warn').mockReturnValue()
    const { ask, shows, again } = mountWaiting(() => {
      throw new Error('no such list')
    })
    await shows('query-failed')
    ask.value = all(todos)
    await flush()
    again()
    await shows('ready 1')
  })

  test('each hook can be waited for', async () => {
    const { todos, finish } = openSlowTodos(['a', 'b'])
    const { shows, unmount } = mount(driver.mountEach, { collection: todos })
    await flush()
    await shows('pending')
    finish()
    await shows('title a, title b, title a, title a')
    await unmount()
    await eventually(() => expect(todos.subscriberCount).toBe(0))
  })

  test('by throwErrors also an error that comes later reaches what catches errors', async () => {
    vi.spyOn(console, 'error').mockReturnValue()
    vi.spyOn(console, 'warn').mockReturnValue()
    const { todos, finish, fail } = openSlowTodos(['a'])
    const { shows } = mount(driver.mountThrowing, { collection: todos })
    await flush()
    finish()
    await shows('1')
    fail(new Error('offline'))
    await shows('collection-failed')
  })
}
