import { expect, test } from 'vitest'
import { Turn } from '../../../core/src/web/turn.ts'
import { eventually } from '../../support/eventually.ts'
import { useTabLocks } from '../../support/tab-locks.ts'

test('what opens a file does so one after the other, also if one fails, and another file has turns of its own', async () => {
  useTabLocks()
  const order: string[] = []
  let fail = (_error: Error): void => undefined
  const failing = new Promise<void>((_, reject) => (fail = reject))
  const first = new Turn('app.db').take(() => failing)
  const second = new Turn('app.db').take(() => Promise.resolve(order.push('second')))
  const other = new Turn('other.db').take(() => Promise.resolve(order.push('other')))
  await other
  fail(new Error('no file'))
  await expect(first).rejects.toThrow('no file')
  await second
  expect(order).toEqual(['other', 'second'])
})

test('who stops waiting is given no turn, and may ask again', async () => {
  const { held } = useTabLocks()
  let end = (): void => undefined
  const first = new Turn('app.db').take(() => new Promise<void>((done) => (end = done)))
  await eventually(() => expect(held()).toHaveLength(1))
  const waiting = new Turn('app.db')
  const stopped = waiting.take(() => Promise.resolve('open'))
  waiting.stop()
  expect(await stopped).toBeUndefined()
  const again = waiting.take(() => Promise.resolve('open'))
  end()
  await first
  expect(await again).toBe('open')
})

test('where there are no locks between tabs nobody waits', async () => {
  expect(await new Turn('app.db').take(() => Promise.resolve('open'))).toBe('open')
})
