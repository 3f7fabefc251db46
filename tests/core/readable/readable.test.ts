import { batch, createReadable, row, rows } from '@rowsignal/core'
import { addFrameworkBatch } from '@rowsignal/core/host'
import { expect, onTestFinished, test, vi } from 'vitest'
import { openTodos, todo } from '../../support/synced-collection.ts'

/** A counter as a readable, with a log of starts and stops. */
function createCounter() {
  let count = 0
  let changed: (() => void) | undefined
  const log: string[] = []
  const readable = createReadable({
    get: () => count,
    start(tell) {
      log.push('start')
      changed = tell
      return () => log.push('stop')
    },
  })
  const set = (next: number): void => {
    count = next
    changed?.()
  }
  return { readable, set, log }
}

test('a source starts with the first listener and stops with the last', () => {
  const { readable, log } = createCounter()
  const stops = [readable.listen(() => {}), readable.subscribe(() => {})]
  for (const stop of [...stops, ...stops]) stop()
  expect(log).toEqual(['start', 'stop'])
  readable.listen(() => {})()
  expect(log).toEqual(['start', 'stop', 'start', 'stop'])
})

test('listen calls on change only, subscribe also at once, and an equal value calls nobody', () => {
  const { readable, set } = createCounter()
  const log: string[] = []
  readable.listen((value) => log.push(`listen ${value}`))
  readable.subscribe((value) => log.push(`subscribe ${value}`))
  set(1)
  set(1)
  expect(log).toEqual(['subscribe 0', 'listen 1', 'subscribe 1'])
})

test('the value is right without listeners and in the middle of a batch', () => {
  const { readable, set } = createCounter()
  set(1)
  expect(readable.get()).toBe(1)
  const listener = vi.fn()
  readable.listen(listener)
  batch(() => {
    set(2)
    expect(readable.get()).toBe(2)
    expect(listener).not.toHaveBeenCalled()
  })
  expect(listener.mock.calls).toEqual([[2]])
})

test('a throwing listener is reported and stops no other', () => {
  const reported = vi.fn()
  vi.stubGlobal('reportError', reported)
  onTestFinished(() => void vi.unstubAllGlobals())
  const { readable, set } = createCounter()
  const listener = vi.fn()
  readable.listen(() => {
    throw new Error('mine')
  })
  readable.listen(listener)
  set(1)
  expect(listener).toHaveBeenCalledWith(1)
  expect(reported).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ message: 'mine' }))
})

test('listeners run inside the batch of each framework', () => {
  const log: string[] = []
  addFrameworkBatch((run) => {
    log.push('begin')
    run()
    log.push('end')
  })
  const [first, second] = [createCounter(), createCounter()]
  first.readable.listen((value) => log.push(`first ${value}`))
  second.readable.listen((value) => log.push(`second ${value}`))
  batch(() => {
    first.set(1)
    second.set(2)
  })
  expect(log).toEqual(['begin', 'first 1', 'second 2', 'end'])
})

test('a change made by a listener joins the same flush', () => {
  const { todos, put } = openTodos(['a'])
  const log: string[] = []
  onTestFinished(
    row(todos, 'a').listen((one) => {
      log.push(`row ${one?.title}`)
      if (one?.title === 'one') put(todo('a', { title: 'two' }))
    }),
  )
  onTestFinished(rows(todos).listen(([one]) => void log.push(`rows ${one?.title}`)))
  put(todo('a', { title: 'one' }))
  expect(log).toEqual(['rows one', 'row one', 'rows two', 'row two'])
})
