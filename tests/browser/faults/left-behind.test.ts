/** What a tab that is gone has left in SQLite: it is swept while others run, and records for nobody. */
import { expect, test } from 'vitest'
import { eventually } from '../../support/eventually.ts'
import { recordersOfTab, storages, type Tab, Tabs } from './rig.ts'

async function expectRecorders(tab: Tab, count: number): Promise<void> {
  await eventually(async () => expect(await tab.call('recorders')).toHaveLength(count))
}

async function expectSeen(tabs: readonly Tab[], id: string): Promise<void> {
  await tabs[0]!.call('add', id)
  for (const tab of tabs) {
    await eventually(async () => expect(await tab.call('rows')).toContain(id))
  }
}

test.each(storages)(
  'a tab that crashes, closes or loads another page leaves nothing that records: %s',
  async (storage) => {
    const tabs = await Tabs.of(storage)
    const [first, second, third] = (await tabs.openAll(3)) as [Tab, Tab, Tab]
    await expectRecorders(first, 3 * recordersOfTab)
    await second.crash() // it came before the third, and after the first
    await expectRecorders(first, 2 * recordersOfTab)
    await expectSeen([first, third], 'after the crash')
    const fourth = await tabs.open()
    await expectRecorders(first, 3 * recordersOfTab)
    await fourth.page.close() // those that are left were there before it
    await expectRecorders(first, 2 * recordersOfTab)
    await third.page.goto('about:blank')
    await expectRecorders(first, recordersOfTab)
    await expectSeen([first], 'at the end')
  },
)

test.each(storages)(
  'of two databases on a file in one tab the one that is closed leaves nothing that records: %s',
  async (storage) => {
    const tabs = await Tabs.of(storage)
    const tab = await tabs.open()
    await expectRecorders(tab, recordersOfTab)
    await tab.call('openSecond')
    await expectRecorders(tab, 2 * recordersOfTab)
    await tab.call('closeSecond')
    expect(await tab.call('recorders')).toHaveLength(recordersOfTab)
    await expectSeen([tab], 'after the close')
  },
)
