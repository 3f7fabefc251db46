/** A tab of the SDK's own database that its browser has frozen, and who waits for it. */
import { expect, test } from 'vitest'
import { eventually } from '../../support/eventually.ts'
import { type Storage, storages, type Tab, Tabs, tellTime } from './rig.ts'

/** What a tab does when it is frozen, so that it has the file or will be given it. */
const moments = {
  /** OPFSCoopSyncVFS keeps the file after a write, and OPFSWriteAheadVFS the right to write. */
  async 'between two writes'(frozen: Tab, other: Tab) {
    await frozen.call('add', 'before')
    for (const tab of [other, frozen]) {
      await eventually(async () => expect(await tab.call('rows')).toEqual(['before']))
      await tab.call('stored') // what it reads of the change is over
    }
    await frozen.call('writeNothing')
    await frozen.freeze()
  },
  async 'in the middle of a write'(frozen: Tab) {
    await frozen.call('hold', 'before')
    await frozen.freeze()
  },
  async 'while it waits for another'(frozen: Tab, other: Tab, storage: Storage) {
    await other.call('hold', 'of the other')
    await frozen.call('write', 'before')
    if (storage.startsWith('OPFS')) {
      // Its worker has asked: one that is stopped before that keeps the file from nobody.
      await eventually(async () => expect(await other.call('isFileWaitedFor')).toBe(true))
    }
    await frozen.freeze()
    await other.call('release')
  },
} satisfies Record<string, (frozen: Tab, other: Tab, storage: Storage) => Promise<void>>
type Moment = keyof typeof moments

const cases = storages.flatMap((storage) =>
  (Object.keys(moments) as Moment[])
    // Between two writes the worker that tabs share on IndexedDB waits for none of them.
    .filter((moment) => storage.startsWith('OPFS') || moment !== 'between two writes')
    .map((moment): [Storage, Moment] => [storage, moment]),
)

const isTold = (tab: Tab) =>
  eventually(async () => {
    const [told, writes] = [await tab.call('told'), await tab.call('writes')]
    expect({ told, writes }).toEqual({ told: ['storage-held'], writes: { after: 'waits' } })
  })

test.each(cases)(
  'who waits for a frozen tab is told so, and goes on when it does: %s, frozen %s',
  async (storage, moment) => {
    const tabs = await Tabs.of(storage)
    const [frozen, other] = (await tabs.openAll(2, { by: 'sdk' })) as [Tab, Tab]
    await moments[moment](frozen, other, storage)

    const begun = performance.now()
    await other.call('write', 'after')
    await isTold(other)
    tellTime(`${storage}, ${moment}: told`, begun)
    const third = await tabs.begin()
    const opened = third.call('ready')
    await eventually(async () => expect(await third.call('logged')).toEqual(['storage-held']))
    expect(await other.call('logged')).toEqual(['storage-held'])
    expect(await other.call('writes')).toEqual({ after: 'waits' })

    await frozen.thaw()
    await frozen.call('release')
    await eventually(async () => expect(await other.call('writes')).toEqual({ after: 'stored' }))
    await eventually(async () => expect(await other.call('told')).toEqual([]))
    await opened
    for (const tab of [frozen, other, third]) {
      await eventually(async () =>
        expect(await tab.call('rows')).toEqual(expect.arrayContaining(['after', 'before'])),
      )
      expect(await tab.call('stored')).toEqual(await tab.call('rows'))
    }
  },
)

test.each(storages)(
  'who waits for a frozen tab goes on, too, when it is closed: %s',
  async (storage) => {
    const tabs = await Tabs.of(storage)
    // There a database of the SDK's own that is refused a file in that moment may keep the others from all tabs.
    const options = storage === 'OPFSCoopSyncVFS' ? {} : ({ by: 'sdk' } as const)
    const host = await tabs.open(options)
    const frozen = await tabs.open({ by: 'sdk' })
    const other = await tabs.open(options)
    await moments['in the middle of a write'](frozen)
    await other.call('write', 'after')
    await isTold(other)
    await frozen.close()
    for (const tab of [host, other]) {
      await eventually(async () => expect(await tab.call('rows')).toEqual(['after']))
    }
    expect(await other.call('told')).toEqual([])
  },
)
