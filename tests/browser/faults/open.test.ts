/** Tabs over one file, before anything befalls them. */
import { expect, test } from 'vitest'
import { eventually } from '../../support/eventually.ts'
import { storages, Tabs } from './rig.ts'

test.each(storages)(
  'what a tab writes is in the others, and at the server: %s',
  async (storage) => {
    const tabs = await Tabs.of(storage)
    const opened = await tabs.openAll(3)
    for (const tab of opened) await tab.call('connect')
    for (const [index, tab] of opened.entries()) await tab.call('add', `row-${index}`)
    const ids = ['row-0', 'row-1', 'row-2']
    for (const tab of opened) {
      await eventually(async () => expect(await tab.call('rows')).toEqual(ids))
      expect(await tab.call('stored')).toEqual(ids)
    }
    await eventually(() =>
      expect([...tabs.endpoint.rows.keys()].toSorted()).toEqual(ids.map((id) => `todos/${id}`)),
    )
  },
)
