/**
 * A browser that removes all that an origin has stored while its tabs are open, as Chromium does for want of space: by the devtools,
 * which take the same way.
 */
import { expect, test } from 'vitest'
import { eventually } from '../../support/eventually.ts'
import { recordersOfTab, type Tab, Tabs, tellTime } from './rig.ts'

test.each(['IDBBatchAtomicVFS', 'OPFSWriteAheadVFS'] as const)(
  'what the browser has removed comes with the sync, that is told, and all tabs go on in one file: %s',
  async (storage) => {
    const tabs = await Tabs.of(storage)
    const all = await tabs.openAll(2)
    const [one] = all as [Tab]
    for (const tab of all) await tab.call('connect')
    await one.call('add', 'uploaded')
    await eventually(() => expect(tabs.endpoint.rows.size).toBe(1))
    const begun = performance.now()
    await one.removeStored()
    for (const [index, tab] of all.entries()) {
      await tab.call('write', `at once ${index}`)
      await eventually(async () => expect(await tab.call('logged')).toContain('storage-removed'))
    }
    for (const [index, tab] of all.entries()) {
      // What was written into the file that is gone may be gone, too.
      await eventually(async () =>
        expect(Object.values(await tab.call('writes'))).not.toContain('waits'),
      )
      await tab.call('add', `after ${index}`)
    }
    tellTime(`${storage}: written after all was removed`, begun)
    all.push(await tabs.open())
    for (const tab of all) {
      await eventually(async () => {
        const stored = await tab.call('stored')
        expect(stored).toEqual(expect.arrayContaining(['after 0', 'after 1', 'uploaded']))
        expect(await tab.call('rows')).toEqual(stored)
        expect([...tabs.endpoint.rows.keys()].toSorted()).toEqual(stored.map((id) => `todos/${id}`))
      })
      expect(await tab.call('status')).toMatchObject({ collection: 'ready', error: 'none' })
      await eventually(async () =>
        expect(await tab.call('recorders')).toHaveLength(all.length * recordersOfTab),
      )
    }
  },
)

test('a file that the browser has removed and does not open again is told, and what was shown stays', async () => {
  const tabs = await Tabs.of('OPFSCoopSyncVFS')
  const [one, other] = (await tabs.openAll(2)) as [Tab, Tab]
  await one.call('add', 'before')
  await eventually(async () => expect(await other.call('rows')).toEqual(['before']))
  await one.removeStored()
  for (const tab of [one, other]) {
    await eventually(async () => expect(await tab.call('logged')).toContain('storage-removed'))
  }
  await one.call('write', 'after')
  const settled = () =>
    eventually(async () => {
      const writes = await one.call('writes')
      expect(writes).not.toMatchObject({ after: 'waits' })
      return writes
    })
  const { after } = await settled().catch(settled) // seven openings, which the two tabs do in turn, of some seconds each
  // A browser that has let go of the file opens it, and it is empty.
  const rows = after === 'stored' ? ['after'] : ['before']
  for (const tab of [one, other]) {
    await eventually(async () => expect(await tab.call('rows')).toEqual(rows))
  }
})
