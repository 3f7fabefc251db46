import { expect, onTestFinished, test, vi } from 'vitest'
import {
  lookForDeadWorkers,
  onDeadWorker,
  reachWorker,
} from '../../../core/src/libraries/dead-workers.ts'
import { eventually } from '../../support/eventually.ts'
import { useWebLocks, type WebLocks } from '../../support/web-locks.ts'

const signal = (worker: string) => `tab-close-signal-${worker}`

function watch(): ReturnType<typeof vi.fn<() => void>> {
  const told = vi.fn<() => void>()
  onTestFinished(onDeadWorker(told))
  return told
}

/** Waits until the locks were looked at so often again. */
async function looked(locks: WebLocks, times: number): Promise<void> {
  const before = locks.looks
  await eventually(() => expect(locks.looks).toBeGreaterThanOrEqual(before + times))
}

test('a worker that waits for our lock no more is dead, and told once', async () => {
  const locks = useWebLocks()
  locks.hold(signal('a'))
  locks.wait(signal('a'))
  const told = watch()
  await looked(locks, 2)
  expect(told).not.toHaveBeenCalled()
  locks.die()
  await eventually(() => expect(told).toHaveBeenCalledOnce())
  await looked(locks, 3)
  expect(told).toHaveBeenCalledOnce()
})

test('a worker that does not wait yet is being opened', async () => {
  const locks = useWebLocks()
  locks.hold(signal('a'))
  const told = watch()
  await looked(locks, 4)
  expect(told).not.toHaveBeenCalled()
  locks.wait(signal('a'))
  await looked(locks, 2)
  locks.die()
  await eventually(() => expect(told).toHaveBeenCalledOnce())
})

test('a worker that is closed takes its lock with it', async () => {
  const locks = useWebLocks()
  locks.hold(signal('a'))
  locks.wait(signal('a'))
  const told = watch()
  await looked(locks, 2)
  locks.die()
  await looked(locks, 1)
  locks.release(signal('a'))
  await looked(locks, 3)
  expect(told).not.toHaveBeenCalled()
})

test('locks of another name are nobody’s business', async () => {
  const locks = useWebLocks()
  locks.hold('of-the-app')
  locks.wait('of-the-app')
  const told = watch()
  await looked(locks, 2)
  locks.die()
  await looked(locks, 3)
  expect(told).not.toHaveBeenCalled()
})

/** Reaches for a worker, which waits for the lock named so once it is told to. */
function reach(locks: WebLocks, name: string) {
  const lost = vi.fn<(loss: string) => void>()
  const { answered, stop } = reachWorker(() => locks.hold(signal(name)), lost)
  onTestFinished(stop)
  return { answered, stop, lost }
}

test('a worker that dies when it has just answered, before anybody has seen it wait, is dead', async () => {
  const locks = useWebLocks()
  const { answered, lost } = reach(locks, 'a')
  answered()
  await eventually(() => expect(lost.mock.calls).toEqual([['dead']]))
  expect(lost).toHaveBeenCalledOnce()
})

test.each([0, 1, 2, 5])(
  'a worker that dies %i looks after it was reached is dead, and no other',
  async (looks) => {
    const locks = useWebLocks()
    const others = watch()
    const first = reach(locks, 'a')
    const second = reach(locks, 'b')
    for (const { answered } of [first, second]) answered()
    for (const name of ['a', 'b']) locks.wait(signal(name))
    if (looks > 0) await looked(locks, looks)
    locks.die()
    locks.wait(signal('b'))
    lookForDeadWorkers()
    await eventually(() => expect(first.lost.mock.calls).toEqual([['dead']]))
    await looked(locks, 3)
    expect(second.lost).not.toHaveBeenCalled()
    expect(others).not.toHaveBeenCalled()
  },
)

test('a worker that has not answered is not dead, however long it takes', async () => {
  const locks = useWebLocks()
  const { answered, lost } = reach(locks, 'a')
  await looked(locks, 10)
  expect(lost).not.toHaveBeenCalled()
  locks.wait(signal('a'))
  answered()
  await looked(locks, 3)
  expect(lost).not.toHaveBeenCalled()
})

test('a worker that has not answered when another client goes has perhaps died with it', async () => {
  const locks = useWebLocks()
  locks.hold(signal('host'), 'another tab')
  const { lost } = reach(locks, 'a')
  await looked(locks, 3)
  locks.hold(signal('later'), 'a later tab')
  await looked(locks, 3)
  expect(lost).not.toHaveBeenCalled()
  locks.release(signal('host'))
  await eventually(() => expect(lost.mock.calls).toEqual([['perhaps']]))
})

test('one that has answered goes on when another client goes', async () => {
  const locks = useWebLocks()
  locks.hold(signal('host'), 'another tab')
  const { answered, lost } = reach(locks, 'a')
  locks.wait(signal('a'))
  answered()
  locks.release(signal('host'))
  await looked(locks, 3)
  expect(lost).not.toHaveBeenCalled()
})

test('of a worker that is given up nothing is told', async () => {
  const locks = useWebLocks()
  const others = watch()
  const { answered, lost, stop } = reach(locks, 'a')
  locks.wait(signal('a'))
  answered()
  await looked(locks, 2)
  stop()
  locks.die()
  await looked(locks, 4)
  expect(lost).not.toHaveBeenCalled()
  expect(others).not.toHaveBeenCalled()
})
