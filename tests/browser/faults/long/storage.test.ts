/** Where a file is kept, and how it is removed. */
import { expect, test } from 'vitest'
import { eventually } from '../../../support/eventually.ts'
import { storages, Tabs } from '../rig.ts'

test.each(storages)(
  'a file stays where it is, and is removed when no tab has it open, and no other file: %s',
  async (storage) => {
    const tabs = await Tabs.of(storage)
    const tab = await tabs.open({ by: 'sdk' })
    await tab.call('add', 'a')
    // Another file of the app, whose name begins as that of this one.
    const another = 'faults.db-archive'
    await tab.page.evaluate(async (name) => {
      const folder = await navigator.storage.getDirectory()
      await folder.getFileHandle(name, { create: true })
    }, another)
    const isIdb = storage.startsWith('IDB')
    expect(await tab.call('pick')).toBe(storage)
    const other = await tabs.open({ by: 'sdk' })
    expect(await other.call('rows')).toEqual(['a'])
    await tab.call('close')
    expect(await tab.call('reset')).toBe('storage-held')
    await other.page.close()
    if (isIdb) {
      // It goes with the worker that has it open. Who opens it before may wait for that worker: 35 s, or more than 2 min.
      await tab.leave()
      const names = () =>
        tab.page.evaluate(async () => (await indexedDB.databases()).map(({ name }) => name))
      await eventually(async () => expect(await names()).not.toContain('faults.db'))
    } else await eventually(async () => expect(await tab.call('reset')).toBe('removed'))
    await tab.load()
    expect(await tab.call('rows')).toEqual([])
    const left = await tab.page.evaluate(async () => {
      const folder = await navigator.storage.getDirectory()
      const names: string[] = []
      for await (const name of folder.keys()) names.push(name)
      return names
    })
    expect(left).toContain(another)
  },
)
