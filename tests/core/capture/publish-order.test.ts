import { expect, test } from 'vitest'
import { PublishOrder } from '../../../core/src/capture/publish-order.ts'

/** A lock whose answer comes when the test says so. */
function slowLock(locked: () => unknown): { answer: Promise<string>; end(error?: Error): void } {
  let end: (error?: Error) => void = () => undefined
  const answer = new Promise<string>((resolve, reject) => {
    end = (error) => (error === undefined ? resolve('read') : reject(error))
  })
  locked()
  return { answer, end }
}

function start(order: PublishOrder, name: string, log: string[]) {
  let lock: ReturnType<typeof slowLock> | undefined
  const done = order.run(
    (locked) => (lock = slowLock(locked)).answer,
    () => log.push(name),
  )
  return { done, end: (error?: Error) => lock?.end(error) }
}

test('what was read first is published first, also when its answer comes last', async () => {
  const order = new PublishOrder()
  const log: string[] = []
  const first = start(order, 'first', log)
  const second = start(order, 'second', log)
  const third = start(order, 'third', log)
  third.end()
  second.end()
  first.end()
  await Promise.all([first.done, second.done, third.done])
  expect(log).toEqual(['first', 'second', 'third'])
})

test('a holder that fails lets the later ones on, and not before the earlier ones', async () => {
  const order = new PublishOrder()
  const log: string[] = []
  const first = start(order, 'first', log)
  const second = start(order, 'second', log)
  const third = start(order, 'third', log)
  second.end(new Error('lost'))
  await expect(second.done).rejects.toThrow('lost')
  third.end()
  first.end()
  await Promise.all([first.done, third.done])
  expect(log).toEqual(['first', 'third'])
})

test('a publication that throws rejects its own holder only', async () => {
  const order = new PublishOrder()
  const failing = order.run(
    async (locked) => locked(),
    () => {
      throw new Error('publication')
    },
  )
  const next = order.run(
    async (locked) => locked(),
    () => 'published',
  )
  await expect(failing).rejects.toThrow('publication')
  await expect(next).resolves.toBe('published')
})
