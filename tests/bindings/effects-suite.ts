import { isRowsignalError, type LiveQueryEffectConfig } from '@rowsignal/core'
import { gt, type InitialQueryBuilder } from '@tanstack/db'
import { expect, onTestFinished, test, vi } from 'vitest'
import { eventually } from '../support/eventually.ts'
import { openSlowTodos, openTodos, todo } from '../support/synced-collection.ts'
import type { Box, Driver, Mounted, Todos } from './contract.ts'

type Built = ReturnType<ReturnType<typeof above>>
export type EffectAsk = (q: InitialQueryBuilder) => Built | null | undefined | false
export type EffectConfig = Omit<LiveQueryEffectConfig<ReturnType<EffectAsk>>, 'query'>

export interface EffectProps {
  /** Read by the query function: another one is another query. */
  readonly ask: Box<EffectAsk>
  readonly config: EffectConfig
}

export interface EffectsDriver extends Pick<Driver, 'box' | 'flush'> {
  /** A component with `useLiveQueryEffect`. */
  readonly mountEffect: (props: EffectProps) => Mounted
  /** Such an effect that is made in an effect of the framework's, which calls `ran`. */
  readonly mountReading: (props: EffectProps & { readonly ran: () => void }) => Mounted
}

const above = (todos: Todos, rank: number) => (q: InitialQueryBuilder) =>
  q.from({ todo: todos }).where(({ todo }) => gt(todo.rank, rank))

/** What `useLiveQueryEffect` promises in every framework. */
export function testEffects({ box, flush, mountEffect, mountReading }: EffectsDriver): void {
  /** Mounts an effect that logs; `ran` gives what it logged since the last call. */
  function mountLogged(ask: EffectAsk, config: EffectConfig = {}) {
    const log: string[] = []
    const props = {
      ask: box(ask),
      config: {
        onEnter: ({ key, value }) => void log.push(`enter ${key} ${value.title}`),
        onUpdate: (event) => {
          if (event.type !== 'update') return
          log.push(`update ${event.key} ${event.previousValue.title} to ${event.value.title}`)
        },
        onExit: ({ key, value }) => void log.push(`exit ${key} ${value.title}`),
        ...config,
      } satisfies EffectConfig,
    }
    const mounted = mountEffect(props)
    let isGone = false
    const unmount = () => {
      if (!isGone) mounted.unmount()
      isGone = true
    }
    onTestFinished(unmount)
    const ran = async () => {
      await flush()
      return log.splice(0)
    }
    return { ask: props.ask, ran, unmount }
  }

  /** What reaches the platform during the test. */
  function platformErrors(): unknown[] {
    const errors: unknown[] = []
    vi.stubGlobal('reportError', (error: unknown) => void errors.push(error))
    onTestFinished(() => void vi.unstubAllGlobals())
    return errors
  }

  test('an effect runs on the rows that are there, and on what enters, changes and leaves', async () => {
    const { todos, put, remove } = openTodos(['a', 'b', 'c'])
    const { ran } = mountLogged(above(todos, 0))
    expect(await ran()).toEqual(['enter b title b', 'enter c title c'])
    put(todo('a', { rank: 5 }), todo('b', { title: 'changed', rank: 1 }))
    expect(await ran()).toEqual(['enter a title a', 'update b title b to changed'])
    put(todo('a', { rank: 0 }))
    remove('c')
    expect(await ran()).toEqual(['exit a title a', 'exit c title c'])
    put(todo('a', { title: 'outside' }))
    expect(await ran()).toEqual([])
  })

  test('with skipInitial it leaves out what is there at first, and onBatch has all of one commit', async () => {
    const { todos, put } = openTodos(['a', 'b', 'c'])
    const batches: string[][] = []
    const { ran } = mountLogged(above(todos, 0), {
      skipInitial: true,
      onBatch: (events) => void batches.push(events.map(({ type, key }) => `${type} ${key}`)),
    })
    expect(await ran()).toEqual([])
    put(todo('a', { rank: 5 }), todo('b', { rank: 0 }))
    expect(await ran()).toEqual(['enter a title a', 'exit b title b'])
    expect(batches).toEqual([['enter a', 'exit b']])
  })

  test('rows that come as the source is read enter, unless they are the first', async () => {
    const [seen, skipped] = [openSlowTodos(['a', 'b']), openSlowTodos(['a', 'b'])]
    const first = mountLogged(above(seen.todos, -1))
    const second = mountLogged(above(skipped.todos, -1), { skipInitial: true })
    await flush()
    for (const { finish } of [seen, skipped]) finish()
    expect(await first.ran()).toEqual(['enter a title a', 'enter b title b'])
    expect(await second.ran()).toEqual([])
  })

  test('another query starts anew, an equal one goes on', async () => {
    const { todos, put } = openTodos(['a', 'b', 'c'])
    const { ask, ran } = mountLogged(above(todos, 0))
    await ran()
    ask.value = above(todos, 0)
    expect(await ran()).toEqual([])
    put(todo('b', { title: 'changed', rank: 1 }))
    expect(await ran()).toEqual(['update b title b to changed'])
    ask.value = above(todos, 1)
    await flush()
    expect(await ran()).toEqual(['enter c title c'])
    put(todo('b', { title: 'left out', rank: 1 }))
    expect(await ran()).toEqual([])
    expect(todos.subscriberCount).toBe(1)
  })

  test.each([null, undefined, false] as const)(
    'a query that answers %s is off',
    async (nothing) => {
      const { todos, put } = openTodos(['a', 'b'])
      const { ask, ran } = mountLogged(() => nothing)
      expect([await ran(), todos.status]).toEqual([[], 'idle'])
      ask.value = above(todos, 0)
      await flush()
      expect(await ran()).toEqual(['enter b title b'])
      ask.value = () => nothing
      await flush()
      await eventually(() => expect(todos.subscriberCount).toBe(0))
      put(todo('b', { title: 'changed', rank: 1 }))
      expect(await ran()).toEqual([])
    },
  )

  test('it ends with its component, also one that leaves at once', async () => {
    const { todos, put } = openTodos(['a', 'b'])
    const [early, late] = [mountLogged(above(todos, 0)), mountLogged(above(todos, -1))]
    early.unmount()
    expect(await late.ran()).toEqual(['enter a title a', 'enter b title b'])
    await eventually(() => expect(todos.subscriberCount).toBe(1))
    await early.ran()
    late.unmount()
    await eventually(() => expect(todos.subscriberCount).toBe(0))
    put(todo('b', { title: 'changed', rank: 1 }))
    expect([await early.ran(), await late.ran()]).toEqual([[], []])
  })

  test('its signal is aborted with it', async () => {
    const { todos } = openTodos(['a'])
    let signal: AbortSignal | undefined
    const { ran, unmount } = mountLogged(above(todos, -1), {
      onEnter: (_, context) => void (signal = context.signal),
    })
    await ran()
    expect(signal?.aborted).toBe(false)
    unmount()
    await eventually(() => expect(signal?.aborted).toBe(true))
  })

  test('an effect that takes its component down ends, also by its first rows', async () => {
    const { todos } = openTodos(['a'])
    let leave = () => {}
    const { ran, unmount } = mountLogged(above(todos, -1), { onEnter: () => leave() })
    leave = unmount
    await ran()
    await eventually(() => expect(todos.subscriberCount).toBe(0))
  })

  test('what a function throws reaches onError, and the effect goes on', async () => {
    const { todos, put } = openTodos(['a'])
    const failed: string[] = []
    const { ran } = mountLogged(above(todos, -1), {
      onEnter: ({ key }) => {
        throw new Error(`enter ${key}`)
      },
      onUpdate: ({ key }) => Promise.reject(new Error(`update ${key}`)),
      onError: ({ message }, { key }) => void failed.push(`${message} for ${key}`),
    })
    await ran()
    put(todo('a', { title: 'changed' }), todo('b'))
    await eventually(() =>
      expect(failed.toSorted()).toEqual(['enter a for a', 'enter b for b', 'update a for a']),
    )
  })

  test('without onError it reaches the platform, and what onError itself throws', async () => {
    const errors = platformErrors()
    const { todos } = openTodos(['a'])
    const [first, second] = [new Error('a function'), new Error('its handler')]
    const fail = (error: Error) => () => {
      throw error
    }
    const left = mountLogged(above(todos, -1), { onEnter: fail(first) })
    await left.ran()
    expect(errors).toEqual([first])
    const config = { onEnter: fail(first), onError: fail(second) }
    const right = mountLogged(above(todos, -1), config)
    await right.ran()
    expect(errors).toEqual([first, second])
  })

  test('a query function that throws is a failed source, until what it read changes', async () => {
    const errors = platformErrors()
    const { todos } = openTodos(['a'])
    const cause = new Error('no such list')
    const broken: EffectAsk = () => {
      throw cause
    }
    const sources: unknown[] = []
    const { ask, ran } = mountLogged(broken, {
      onSourceError: (error) => void sources.push(error),
    })
    expect(await ran()).toEqual([])
    expect(sources).toMatchObject([{ code: 'query-failed', cause }])
    ask.value = above(todos, -1)
    await flush()
    expect(await ran()).toEqual(['enter a title a'])
    await mountLogged(broken).ran()
    expect([errors.length, isRowsignalError(errors[0], 'query-failed')]).toEqual([1, true])
  })

  test('a source that fails reaches onSourceError, and ends the effect', async () => {
    vi.spyOn(console, 'error').mockReturnValue() // @tanstack/db logs it
    const { todos, finish, fail } = openSlowTodos(['a'])
    const failed: string[] = []
    const { ran } = mountLogged(above(todos, -1), {
      onSourceError: ({ message }) => void failed.push(message),
    })
    await flush()
    finish()
    expect(await ran()).toEqual(['enter a title a'])
    fail(new Error('offline'))
    await eventually(() => expect(failed).toHaveLength(1))
    await eventually(() => expect(todos.subscriberCount).toBe(0))
  })

  test('what its functions read and write is not what the component depends on', async () => {
    const { todos, put } = openTodos(['a'])
    const count = box(0)
    let runs = 0
    const { unmount } = mountReading({
      ask: box(above(todos, -1)),
      config: { onEnter: () => void count.value++ },
      ran: () => void runs++,
    })
    onTestFinished(unmount)
    await flush()
    await flush()
    expect([count.value, runs]).toEqual([1, 1])
    put(todo('b'))
    count.value = 5
    await flush()
    expect([count.value, runs]).toEqual([5, 1])
  })
}
