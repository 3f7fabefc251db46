import { askingOf, thenable } from '@rowsignal/core/host'
import { isRowsignalError, RowsignalError, seed } from '@rowsignal/core'
import { expect, test, vi } from 'vitest'
import { createView } from '../../../core/src/rows/rows-view.ts'
import { plainLifecycle } from '../../support/plain-host.ts'
import { openSlowTodos, openTodos, todo, type Todo } from '../../support/synced-collection.ts'
import { unhandled } from '../../support/unhandled.ts'
import { eventually } from '../../support/eventually.ts'

type Asked = Parameters<typeof createView<Todo, string>>[1]['ask'] extends () => infer A ? A : never

/** A view that asks for what `ask` says, and its thenable. */
function open(first: Asked, { server = false, follows = true, seeds = [] as object[] } = {}) {
  let asked = first
  let tries = 0
  const { lifecycle, update, stop } = plainLifecycle()
  const host = {
    ...lifecycle,
    server,
    seeds: () => seeds as never,
    cell: () => undefined,
    track: <T>(_: unknown, now: T) => now,
    trigger: () => {},
  }
  const { view } = createView<Todo, string>(host, { ask: () => asked, window: () => undefined })
  const target = { name: 'page' }
  const page = thenable(target, view, () => ({
    try: ++tries,
    size: view.size,
    status: view.status,
  }))
  const ask = (next: Asked): void => {
    asked = next
    if (follows) update()
    else askingOf(view).moved()
  }
  if (follows) update()
  return { page, view, ask, stop }
}

/** What has become of a promise by now. */
async function stateOf(promise: PromiseLike<unknown>): Promise<string> {
  await turn()
  const state = Promise.resolve(promise).then(
    () => 'here',
    (error: RowsignalError) => error.code,
  )
  return Promise.race([state, turn().then(() => 'waiting')])
}

const turn = (): Promise<void> => new Promise((resolve) => setTimeout(resolve))

const quiet = () => vi.spyOn(console, 'error').mockReturnValue()

test('who awaits a view gets it when its rows are there, at once if they are', async () => {
  const { todos, finish } = openSlowTodos(['a', 'b'])
  const { page } = open({ collection: todos })
  const waiting = Promise.resolve(page)
  expect(await stateOf(waiting)).toBe('waiting')
  finish()
  expect(await waiting).toEqual({ try: 1, size: 2, status: 'ready' })
  expect(await page).toEqual({ try: 2, size: 2, status: 'ready' })
})

test('no copy, loop or JSON of a thenable has anything but what it was made of', () => {
  const { page } = open({ collection: openTodos([]).todos })
  expect([Object.keys(page), Object.assign({}, page), JSON.stringify(page)]).toEqual([
    ['name'],
    { name: 'page' },
    '{"name":"page"}',
  ])
  expect('then' in Object.assign({}, page)).toBe(false)
})

test('nothing is waited for, and nobody told, before somebody awaits', async () => {
  quiet()
  const { todos, fail } = openSlowTodos(['a'])
  const reasons = await unhandled(async () => {
    const { page, view } = open({ collection: todos })
    expect(askingOf(view).arrival).toBeUndefined()
    expect(typeof page.then).toBe('function') // who only looks whether it is a promise
    await turn()
    fail(new Error('offline'))
  })
  expect(reasons).toEqual([])
})

test('a failure rejects with the error of the view, and each try settles once', async () => {
  quiet()
  const { todos, finish, fail } = openSlowTodos(['a'])
  const { page, view } = open({ collection: todos })
  const first = Promise.resolve(page)
  const ends = vi.fn<() => void>()
  first.then(ends, ends)
  await turn()
  fail(new Error('offline'))
  expect(await stateOf(first)).toBe('collection-failed')
  await expect(page).rejects.toBe(view.error)
  view.retry()
  await eventually(() => expect(todos.status).toBe('loading'))
  const second = Promise.resolve(page)
  expect(await stateOf(second)).toBe('waiting')
  finish()
  expect([await stateOf(second), await stateOf(page), await stateOf(first)]).toEqual([
    'here',
    'here',
    'collection-failed',
  ])
  fail(new Error('later'))
  expect(await stateOf(page)).toBe('here')
  expect(ends).toHaveBeenCalledTimes(1)
})

test('who waits goes on to what is asked for meanwhile, and late answers settle nothing', async () => {
  quiet()
  const [first, second, third] = [openSlowTodos([]), openSlowTodos([]), openSlowTodos(['c'])]
  const { page, ask } = open({ collection: first.todos })
  const waiting = Promise.resolve(page)
  await turn()
  ask({ collection: second.todos })
  first.finish()
  expect(await stateOf(waiting)).toBe('waiting')
  ask({ collection: third.todos })
  second.fail(new Error('too late'))
  expect(await stateOf(waiting)).toBe('waiting')
  third.finish()
  expect(await waiting).toMatchObject({ size: 1 })
  ask({ collection: openSlowTodos([]).todos })
  expect(await stateOf(page)).toBe('waiting')
})

test('an answer in the same turn as a change is not that of what is asked for now', async () => {
  const [first, second] = [openSlowTodos(['a', 'b']), openSlowTodos(['c'])]
  const { page, ask } = open({ collection: first.todos })
  const waiting = Promise.resolve(page)
  await turn()
  first.finish()
  ask({ collection: second.todos })
  expect(await stateOf(waiting)).toBe('waiting')
  second.finish()
  expect(await waiting).toMatchObject({ size: 1 })
})

test('what waits follows what it waits for, and lets go of it when it has come', async () => {
  const [first, second] = [openSlowTodos(['a']), openSlowTodos(['b'])]
  const { page, ask } = open({ collection: first.todos }, { follows: false })
  const followed = () => [first, second].map(({ todos }) => todos.subscriberCount)
  expect(followed()).toEqual([0, 0])
  const waiting = Promise.resolve(page)
  await turn()
  expect(followed()).toEqual([1, 0])
  ask({ collection: second.todos })
  await turn()
  expect(followed()).toEqual([0, 1])
  second.finish()
  await waiting
  expect(followed()).toEqual([0, 0])
})

test('who waits when the component leaves gets what there is, and nothing is followed', async () => {
  const { todos, finish } = openSlowTodos(['a'])
  const { page, stop } = open({ collection: todos })
  const waiting = Promise.resolve(page)
  await turn()
  stop()
  expect(await waiting).toMatchObject({ size: 0, status: 'loading' })
  expect(await page).toMatchObject({ size: 0 })
  expect(todos.subscriberCount).toBe(0)
  finish()
})

test('nothing to wait for: a seed, no collection, a server', async () => {
  const { todos } = openSlowTodos(['a'])
  const seeds = [seed(todos, [todo('a')])]
  const seeded = open({ collection: todos }, { seeds })
  expect(await seeded.page).toMatchObject({ size: 1, status: 'loading' })
  expect(await open({}).page).toMatchObject({ size: 0, status: 'disabled' })
  const onServer = openSlowTodos(['a'])
  expect(await open({ collection: onServer.todos }, { server: true }).page).toMatchObject({
    size: 0,
    status: 'loading',
  })
  expect([onServer.todos.status, onServer.todos.subscriberCount]).toEqual(['idle', 0])
})

test('what is an error by itself rejects, until something else is asked for', async () => {
  const { page, ask } = open({ error: new RowsignalError('query-failed', 'test: it throws.') })
  const failed = await Promise.resolve(page).catch((error: unknown) => error)
  expect(isRowsignalError(failed, 'query-failed')).toBe(true)
  ask({ collection: openTodos(['a']).todos })
  expect(await stateOf(page)).toBe('here')
})
