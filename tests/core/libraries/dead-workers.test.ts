import { expect, onTestFinished, test, vi } from 'vitest'
import { onDeadWorker } from '../../../core/src/libraries/dead-workers.ts'
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
