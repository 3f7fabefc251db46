import type { CommonPowerSyncDatabase } from '@powersync/common'
import { type Seeds, seed } from '@rowsignal/core'
import { expect, test } from 'vitest'
import { openDatabase } from '../../support/database.ts'
import { afterFrame } from '../../../core/src/readable/after-frame.ts'
import { eventually } from '../../support/eventually.ts'
import { allowedBytes, bytesOfOurs } from '../../support/heap.ts'
import { openSlowTodos, openTodos, todo } from '../../support/synced-collection.ts'
import { type Box, type Mounted, schema, type Todos } from '../contract.ts'

export interface LeakProps {
  readonly todos: Todos
  readonly database: CommonPowerSyncDatabase
  /** A new one at each mount, of rows that the collection has. */
  readonly seeds: () => readonly Seeds[]
  /** Kept this long after the last component has left. */
  readonly keepAliveMs: number
}

export interface LeakDriver {
  readonly box: <T>(value: T) => Box<T>
  /** Resolves when the framework has brought the page up to date. */
  readonly flush: () => Promise<void>
  /**
   * A `<p>` with what `useRows`, `useRow`, `useLiveQuery`, `usePages`, `useDraft` and `useSyncStatus` say, and an effect; below
   * `seeds`.
   */
  readonly mountAll: (props: LeakProps) => Mounted
  /** A `<p>` of values that the framework itself holds: its own share of the heap. */
  readonly mountControl: (text: string) => Mounted
  /** A page that waits for `useRows`: a `<p>` with `pending` meanwhile. */
  readonly mountWaiting: (todos: Todos) => Mounted
  /**
   * `useRows`, `useRow`, `useDraft` and `useLiveInfiniteQuery` in a part that is set up again whenever `version` changes; a `<p>` with
   * the sizes.
   */
  readonly mountAgain: (props: LeakProps & { readonly version: Box<number> }) => Mounted
}

const keepAliveMs = 20

/** Lets timers run, as they do between the clicks of a user: what waits for one would count as kept. */
const turn = (): Promise<void> => new Promise((resolve) => setTimeout(resolve))

/** As it is seen, whatever white space the template has. */
function textOf({ element }: Mounted): string {
  return element.textContent.replaceAll(/\s+/g, ' ')
}

function listenerCount(database: CommonPowerSyncDatabase): number {
  return (database as unknown as { listeners: Set<unknown> }).listeners.size
}

/** What comes back to nothing, for every framework. */
export function testLeaks({
  box,
  flush,
  mountAll,
  mountControl,
  mountWaiting,
  mountAgain,
}: LeakDriver): void {
  async function open() {
    const database = await openDatabase(schema)
    const { todos, put } = openTodos(['a', 'b', 'c'])
    const listeners = listenerCount(database)
    const expectNothingLeft = async () => {
      await eventually(() => expect(todos.subscriberCount).toBe(0))
      expect(listenerCount(database)).toBe(listeners)
    }
    const seeds = () => [seed(todos, [todo('a')]), seed(['ranked'], [todo('b')])]
    return { props: { database, todos, seeds, keepAliveMs }, put, expectNothingLeft }
  }

  test('1,000 mounts and unmounts leave no subscription, no live query and no memory of ours', async ({
    annotate,
  }) => {
    const { props, put, expectNothingLeft } = await open()
    // Long enough for the query to live on between two rounds: the heap is compared at equal states.
    const kept = { ...props, keepAliveMs: 2000 }
    const first = mountAll(kept)
    // On 0.9 a query for the first rows is ready a moment later.
    await eventually(() => expect(textOf(first)).toBe('3 title a title b 1 2 true same offline'))
    expect([props.todos.subscriberCount > 0, listenerCount(props.database) > 0]).toEqual([
      true,
      true,
    ])
    first.unmount()

    let index = 0
    const round = (mount: (title: string) => Mounted) => async () => {
      const title = `title ${++index}`
      const { unmount } = mount(title)
      await flush()
      put(todo('a', { title, rank: index % 2 }))
      await flush()
      unmount()
      await turn()
    }
    const ours = await bytesOfOurs(
      round(() => mountAll(kept)),
      round((title) => {
        const subscription = props.todos.subscribeChanges(() => {})
        const { element, unmount } = mountControl(title)
        const leave = () => {
          unmount()
          subscription.unsubscribe()
        }
        return { element, unmount: leave }
      }),
    )
    await expectNothingLeft()
    await annotate(`bytes a mount: ${ours.toFixed()}`)
    expect(ours).toBeLessThanOrEqual(allowedBytes)
  })

  test('a live query outlives its last component by keepAliveMs', async () => {
    const { props } = await open()
    const { unmount } = mountAll({ ...props, keepAliveMs: 200 })
    await new Promise<void>(afterFrame) // reading has begun
    await flush()
    unmount()
    await flush()
    expect(props.todos.subscriberCount).toBe(2) // and the pages
    await eventually(() => expect(props.todos.subscriberCount).toBe(0))
  })

  test('pages that leave while they wait leave no subscription and no memory of ours', async ({
    annotate,
  }) => {
    const { todos } = openSlowTodos(['a'])
    const round = (mount: () => Mounted) => async () => {
      const mounted = mount()
      await flush()
      await turn()
      mounted.unmount()
      await turn()
    }
    const shown = mountWaiting(todos)
    await eventually(() => expect(textOf(shown)).toBe('pending'))
    expect(todos.subscriberCount).toBeGreaterThan(0)
    shown.unmount()
    const ours = await bytesOfOurs(
      round(() => mountWaiting(todos)),
      round(() => {
        const subscription = todos.subscribeChanges(() => {})
        const { element, unmount } = mountControl('pending')
        const leave = () => {
          unmount()
          subscription.unsubscribe()
        }
        return { element, unmount: leave }
      }),
    )
    await eventually(() => expect(todos.subscriberCount).toBe(0))
    await annotate(`bytes a mount: ${ours.toFixed()}`)
    expect(ours).toBeLessThanOrEqual(allowedBytes)
  })

  test('a component that is mounted twice leaves nothing when both are gone', async () => {
    const { props, expectNothingLeft } = await open()
    const mounted = [mountAll(props), mountAll(props)]
    await flush()
    for (const { unmount } of mounted) unmount()
    await expectNothingLeft()
  })

  test('a set-up that runs again lets go of what it had before, and all of it at the end', async () => {
    const { props, expectNothingLeft } = await open()
    const version = box(0)
    const mounted = mountAgain({ ...props, version })
    await flush()
    const subscribers = props.todos.subscriberCount
    for (let run = 1; run <= 20; run++) {
      version.value = run
      await flush()
    }
    await eventually(() => expect(textOf(mounted).trim()).toBe('3 title a title a 2'))
    // An infinite query ends a moment after its component, as those of the official adapters do.
    await eventually(() => expect(props.todos.subscriberCount).toBe(subscribers))
    mounted.unmount()
    await expectNothingLeft()
  })
}
