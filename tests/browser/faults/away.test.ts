/** Tabs that stop for a while: in the back/forward cache, or frozen by the browser. */
import { expect, test } from 'vitest'
import { eventually } from '../../support/eventually.ts'
import { storages, type Tab, Tabs } from './rig.ts'

const isConnected = (tab: Tab) =>
  eventually(async () => expect((await tab.call('status')).sync.connected).toBe(true))

async function shows(tab: Tab, ...ids: string[]): Promise<void> {
  await eventually(async () => expect(await tab.call('rows')).toEqual(ids))
  expect(await tab.call('stored')).toEqual(ids)
  expect(await tab.call('status')).toMatchObject({ collection: 'ready', error: 'none' })
}

test.each(storages)(
  'a tab that goes into the back/forward cache holds nobody up, and is right when it comes back: %s',
  async (storage) => {
    const tabs = await Tabs.of(storage)
    const [stays, leaves] = (await tabs.openAll(2)) as [Tab, Tab]
    for (const tab of [stays, leaves]) await tab.call('connect')
    for (const tab of [stays, leaves]) await isConnected(tab)
    await leaves.call('add', 'a')
    await shows(stays, 'a')
    await leaves.leave()

    const begun = performance.now()
    await stays.call('add', 'b')
    await eventually(() => expect([...tabs.endpoint.rows.keys()]).toContain('todos/b'))
    console.log(`${storage}: uploaded after ${Math.round(performance.now() - begun)} ms`)

    await leaves.back()
    await shows(leaves, 'a', 'b')
    await isConnected(leaves)
    await leaves.call('add', 'c')
    await shows(stays, 'a', 'b', 'c')
    await eventually(() => expect(tabs.endpoint.rows.size).toBe(3))
    expect(leaves.said).toEqual([])
  },
)

test.each(storages)(
  'a frozen tab holds nobody up, and is right when it goes on: %s',
  async (storage) => {
    const tabs = await Tabs.of(storage)
    const [frozen, other] = (await tabs.openAll(2)) as [Tab, Tab]
    for (const tab of [frozen, other]) await tab.call('connect')
    for (const tab of [frozen, other]) await isConnected(tab)
    await frozen.call('add', 'a')
    await shows(other, 'a')
    await frozen.freeze()

    const begun = performance.now()
    await other.call('add', 'b')
    console.log(`${storage}: stored after ${Math.round(performance.now() - begun)} ms`)
    await eventually(() => expect([...tabs.endpoint.rows.keys()]).toContain('todos/b'))

    await frozen.thaw()
    await shows(frozen, 'a', 'b')
    await isConnected(frozen)
    await frozen.call('add', 'c')
    await shows(other, 'a', 'b', 'c')
    await eventually(() => expect(tabs.endpoint.rows.size).toBe(3))
  },
)
