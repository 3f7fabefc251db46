/** A disk that is full: CDP fills OPFS, and has no hold on IndexedDB, whose case is `core/libraries/storage-faults`. */
import { expect, test } from 'vitest'
import { eventually } from '../../support/eventually.ts'
import { storages, type Tab, Tabs } from './rig.ts'

test.each(storages.filter((storage) => storage.startsWith('OPFS')))(
  'on a full disk a write is rejected, reading goes on, and writes work again with space: %s',
  async (storage) => {
    const tabs = await Tabs.of(storage)
    const tab = await tabs.open()
    await tab.call('add', 'before')
    await tab.limitStorage(1)
    // Until the file has to grow.
    let failed: string | undefined
    for (let turn = 0; failed === undefined && turn < 100; turn++) failed = await write(tab, turn)
    expect(failed).toBe('storage-full')
    expect(await tab.call('rows')).toEqual(await tab.call('stored'))
    expect(await tab.call('rows')).toContain('before')
    expect(await tab.call('told')).toContain('storage-full')
    await tab.limitStorage(undefined)
    await tab.call('add', 'after')
    await eventually(async () => expect(await tab.call('stored')).toContain('after'))
    expect(await tab.call('rows')).toEqual(await tab.call('stored'))
  },
)

test('where a full disk keeps a database from opening, that is told, and with space it opens by itself', async () => {
  const tabs = await Tabs.of('OPFSCoopSyncVFS')
  const tab = await tabs.open()
  await tab.call('add', 'before')
  await tab.limitStorage(1)
  const other = await tabs.begin()
  await other.call('connect') // which waits for a database
  await other.call('ready').catch(() => undefined)
  await eventually(async () =>
    expect(await other.call('status')).toMatchObject({
      collection: 'error',
      error: 'storage-full',
    }),
  )
  expect(await tab.call('stored')).toEqual(['before'])
  await tab.limitStorage(undefined)
  await eventually(async () =>
    expect(await other.call('status')).toMatchObject({ collection: 'ready', error: 'none' }),
  )
  expect(await other.call('rows')).toEqual(['before'])
  await other.call('add', 'after')
  await eventually(() =>
    expect([...tabs.endpoint.rows.keys()].toSorted()).toEqual(['todos/after', 'todos/before']),
  )
})

/** The code that a write of 100 KB was rejected with, if it was. */
function write(tab: Tab, turn: number): Promise<string | undefined> {
  return tab.call('add', `${turn}-${'x'.repeat(100_000)}`).then(
    () => undefined,
    (error: Error) => /[a-z]+-[a-z]+$/m.exec(error.message)?.[0] ?? error.message,
  )
}
