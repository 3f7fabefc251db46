import { expect, onTestFinished, test } from 'vitest'
import { mendForgottenLocks } from '../../../core/src/libraries/forgotten-locks.ts'
import { eventually } from '../../support/eventually.ts'
import { useWebLocks } from '../../support/web-locks.ts'

test('a lock that somebody waits for and nobody has is given to who waits', async () => {
  const locks = useWebLocks()
  onTestFinished(mendForgottenLocks())
  locks.wait('db-lock-app.db')
  await eventually(() => expect(locks.holder('db-lock-app.db')).toBe('worker'))
})

test('one that somebody has is left alone, however long others wait, and so is one that is found so once', async () => {
  const locks = useWebLocks()
  onTestFinished(mendForgottenLocks())
  locks.hold('held', 'another tab')
  locks.wait('held')
  locks.wait('for a moment')
  await eventually(() => expect(locks.looks).toBe(1))
  locks.hold('for a moment', 'another tab')
  await eventually(() => expect(locks.looks).toBeGreaterThan(3))
  expect(locks.asked).toEqual([])
})

test('nothing is looked at any more once it is stopped', async () => {
  const locks = useWebLocks()
  const stop = mendForgottenLocks()
  await eventually(() => expect(locks.looks).toBeGreaterThan(0))
  stop()
  const before = locks.looks
  onTestFinished(mendForgottenLocks())
  await eventually(() => expect(locks.looks).toBe(before + 2)) // those of the other one, which began later
})
