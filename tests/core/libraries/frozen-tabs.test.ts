import { expect, onTestFinished, test } from 'vitest'
import { frozenTab } from '../../../core/src/libraries/frozen-tabs.ts'
import { HeldUp, type Page } from '../../../core/src/libraries/held-up.ts'
import { eventually } from '../../support/eventually.ts'
import { useWebLocks, type WebLocks } from '../../support/web-locks.ts'

const file = 'a folder/app.db'

/** What the SDK, OPFSCoopSyncVFS and OPFSWriteAheadVFS lock of the file. */
const locksOfFile = [`db-lock-${file}`, 'ahp:/a%20folder/app.db', `${file}#write`]

const frozenAt = 1_000
const mark = `frozen_${frozenAt} rowsignal_1 ${file}`
const markInCall = `frozen-in-call_${frozenAt} rowsignal_1 ${file}`

/** A tab with a worker of its own, which has a lock that another tab's worker waits for. */
function useTabs(lock: string): WebLocks {
  const locks = useWebLocks()
  locks.hold('tab-close-signal-1', 'the tab')
  locks.wait('tab-close-signal-1', 'its worker')
  locks.hold(lock, 'its worker')
  locks.wait(lock, 'another worker')
  return locks
}

const lookingAt = (page: Page): HeldUp => new HeldUp(page, [frozenTab(file)])

/** Somebody in this page waits. */
function watch(page: Partial<Page> = {}): HeldUp {
  const holder = lookingAt({ holder: undefined, passedAt: -Infinity, ...page })
  onTestFinished(holder.wait())
  return holder
}

async function looked(locks: WebLocks, times: number): Promise<void> {
  const before = locks.looks
  await eventually(() => expect(locks.looks).toBeGreaterThanOrEqual(before + times))
}

const isTold = (holder: HeldUp) => eventually(() => expect(holder.error?.code).toBe('storage-held'))

async function isNotTold(locks: WebLocks, holder: HeldUp): Promise<void> {
  await looked(locks, 3)
  expect(holder.error).toBeUndefined()
}

test.each(locksOfFile)(
  'a frozen tab whose worker has what another waits for holds it up, until it goes on: %s',
  async (lock) => {
    const locks = useTabs(lock)
    locks.hold(mark, 'the tab')
    const holder = watch()
    const told: (string | undefined)[] = []
    onTestFinished(holder.listen((error) => told.push(error?.code)))
    await isTold(holder)
    expect(holder.error?.message).toContain(file)
    await looked(locks, 2)
    locks.release(mark)
    await eventually(() => expect(holder.error).toBeUndefined())
    expect(told).toEqual(['storage-held', undefined]) // once, however often it is looked at
  },
)

test.each(locksOfFile)('a tab that is only slow never does: %s', async (lock) => {
  const locks = useTabs(lock)
  await isNotTold(locks, watch())
})

test('nor does a frozen tab while a slow one has what others wait for', async () => {
  const locks = useTabs(locksOfFile[0]!)
  locks.hold('tab-close-signal-2', 'a frozen tab')
  locks.wait('tab-close-signal-2', 'its idle worker')
  locks.hold('.ahp-of-its-own', 'its idle worker')
  locks.hold(mark, 'a frozen tab')
  await isNotTold(locks, watch())
})

test('nor one for whose file nobody waits', async () => {
  const locks = useTabs(locksOfFile[0]!)
  locks.die()
  locks.wait('tab-close-signal-1', 'its worker')
  locks.hold(mark, 'the tab')
  await isNotTold(locks, watch())
})

test('nor one of another file, whose name ends alike', async () => {
  const locks = useTabs(locksOfFile[0]!)
  locks.hold(mark.replace(file, `of-${file}`), 'the tab')
  locks.hold(markInCall.replace(file, `of-${file}`), 'another tab')
  await isNotTold(locks, watch())
})

test('a frozen tab that was in a call to the worker that tabs share holds the others up', async () => {
  const locks = useWebLocks()
  locks.hold(markInCall, 'the tab')
  await isTold(watch())
})

test('but not who waits for a lock of this page', async () => {
  const locks = useWebLocks()
  locks.hold(markInCall, 'the tab')
  await isNotTold(locks, watch({ holder: {} }))
})

test('while somebody is served nobody is told', async () => {
  const locks = useWebLocks()
  locks.hold(markInCall, 'the tab')
  const page = { holder: undefined, passedAt: Infinity }
  const holder = lookingAt(page)
  onTestFinished(holder.wait())
  const other = watch()
  await isTold(other) // it has looked as often
  expect(holder.error).toBeUndefined()
  page.passedAt = -Infinity
  await isTold(holder)
})

test('when nobody waits any more the locks are left alone', async () => {
  const locks = useWebLocks()
  locks.hold(markInCall, 'the tab')
  const holder = lookingAt({ holder: undefined, passedAt: -Infinity })
  const done = [holder.wait(), holder.wait()]
  await isTold(holder)
  done[0]!()
  expect(holder.error).toBeDefined()
  done[1]!()
  expect(holder.error).toBeUndefined()
  const { looks } = locks
  await isTold(watch()) // half a second later
  expect(locks.looks).toBe(looks + 1)
})
