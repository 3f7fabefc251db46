/** The end of what `onLoad` has opened: who waits for it, who is told when it fails. */
import { createPowerSyncCollection, powerSyncCollectionOptions } from '@rowsignal/core'
import { createCollection } from '@tanstack/db'
import { expect, onTestFinished, test, vi } from 'vitest'
import { openDatabase } from '../../support/database.ts'
import { eventually } from '../../support/eventually.ts'
import { schema, trackingObjects } from '../../support/todos.ts'

type End = () => void | Promise<void>

/** A promise that the test settles. */
function deferred() {
  let resolve = (): void => undefined
  let reject = (_error: Error): void => undefined
  const promise = new Promise<void>((done, failed) => {
    resolve = done
    reject = failed
  })
  return { promise, resolve: () => resolve(), reject: (error: Error) => reject(error) }
}

/** What nobody awaits: errors that were handed to the platform, rejections that were left. */
function watchPlatform() {
  const seen = { reported: [] as unknown[], unhandled: [] as unknown[] }
  vi.stubGlobal('reportError', (error: unknown) => seen.reported.push(error))
  const onRejection = (error: unknown): void => void seen.unhandled.push(error)
  process.on('unhandledRejection', onRejection)
  onTestFinished(() => {
    vi.unstubAllGlobals()
    process.off('unhandledRejection', onRejection)
  })
  return seen
}

/** Long enough for Node to say that a rejection was left: it looks after each turn of its loop. */
const turns = async (): Promise<void> => {
  for (let turn = 0; turn < 3; turn++) await new Promise((next) => setImmediate(next))
}

async function openTodos(onLoad: () => End | void | Promise<End | void>, gcTime?: number) {
  const database = await openDatabase(schema)
  const config = { database, table: schema.props.todos, onLoad, ...(gcTime && { gcTime }) }
  return { database, config, todos: createPowerSyncCollection(config) }
}

const makers = { createPowerSyncCollection, powerSyncCollectionOptions } as const

test.each(Object.keys(makers) as (keyof typeof makers)[])(
  'cleanup() of a collection by %s waits for the end of its onLoad',
  async (maker) => {
    const end = deferred()
    const { database, config } = await openTodos(() => () => end.promise)
    const todos =
      maker === 'createPowerSyncCollection'
        ? createPowerSyncCollection(config)
        : createCollection(powerSyncCollectionOptions(config))
    await todos.preload()
    const settled = vi.fn<() => void>()
    const cleanup = todos.cleanup().then(settled)
    await eventually(async () => expect(await trackingObjects(database)).toEqual([]))
    await turns()
    expect(settled).not.toHaveBeenCalled()
    end.resolve()
    await cleanup
    expect(todos.status).toBe('cleaned-up')
  },
)

test.each([
  ['rejects', () => Promise.reject(new Error('cannot close'))],
  [
    'throws',
    () => {
      throw new Error('cannot close')
    },
  ],
])('when the end of onLoad %s, cleanup() rejects with that, once', async (_, end) => {
  const seen = watchPlatform()
  const { database, todos } = await openTodos(() => end)
  await todos.preload()
  const [first, second] = await Promise.allSettled([todos.cleanup(), todos.cleanup()])
  for (const result of [first, second]) {
    expect(result).toMatchObject({ reason: { message: 'cannot close' } })
  }
  expect(todos.status).toBe('cleaned-up')
  expect(await trackingObjects(database)).toEqual([])
  await todos.cleanup() // there is nothing left to end
  await turns()
  expect(seen).toEqual({ reported: [], unhandled: [] })
})

test('when nobody cleans up, a failing end goes to the platform', async () => {
  const seen = watchPlatform()
  const { todos } = await openTodos(() => () => Promise.reject(new Error('cannot close')), 1)
  await todos.preload()
  todos.subscribeChanges(() => undefined).unsubscribe()
  await eventually(() => expect(seen.reported).toHaveLength(1))
  expect(todos.status).toBe('cleaned-up')
  expect(seen).toMatchObject({ reported: [{ message: 'cannot close' }], unhandled: [] })
})

test('cleanup() does not wait for an onLoad that still runs; its end is called when it is done', async () => {
  const seen = watchPlatform()
  const loading = deferred()
  const end = vi.fn(() => Promise.reject(new Error('cannot close')))
  const { todos } = await openTodos(async () => {
    await loading.promise
    return end
  })
  todos.startSyncImmediate()
  await todos.cleanup()
  loading.resolve()
  await eventually(() => expect(seen.reported).toHaveLength(1))
  expect(end).toHaveBeenCalledOnce()
  expect(seen).toMatchObject({ reported: [{ message: 'cannot close' }], unhandled: [] })
})

test('an onLoad that fails after the clean-up is nobody’s concern', async () => {
  const seen = watchPlatform()
  const loading = deferred()
  const { todos } = await openTodos(() => loading.promise)
  todos.startSyncImmediate()
  await todos.cleanup()
  loading.reject(new Error('offline'))
  await turns()
  expect(seen).toEqual({ reported: [], unhandled: [] })
  expect(todos.status).toBe('cleaned-up')
})

test.each(['resolve', 'reject'] as const)(
  'a collection that starts again runs onLoad after the end before it (%s)',
  async (outcome) => {
    const log: string[] = []
    const end = deferred()
    const { todos } = await openTodos(() => {
      log.push('open')
      return async () => {
        log.push('closing')
        await end.promise.finally(() => log.push('closed'))
      }
    })
    await todos.preload()
    const cleanup = todos.cleanup().catch(() => undefined)
    todos.startSyncImmediate()
    await eventually(() => expect(todos.status).toBe('loading'))
    await turns()
    expect(log).toEqual(['open', 'closing'])
    if (outcome === 'resolve') end.resolve()
    else end.reject(new Error('cannot close'))
    await eventually(() => expect(todos.status).toBe('ready'))
    await cleanup
    expect(log).toEqual(['open', 'closing', 'closed', 'open'])
    await todos.cleanup().catch(() => undefined) // this end fails, too, and would do so in a later test
  },
)

test('a collection that is cleaned up again before that does not run onLoad', async () => {
  const end = deferred()
  const onLoad = vi.fn<() => End>(() => () => end.promise)
  const { todos } = await openTodos(onLoad)
  await todos.preload()
  const first = todos.cleanup()
  todos.startSyncImmediate()
  const second = todos.cleanup()
  end.resolve()
  await Promise.all([first, second])
  await turns()
  expect(onLoad).toHaveBeenCalledOnce()
})
