/** Tabs that stop for a while: in the back/forward cache, or frozen by the browser. */
import { expect, test } from 'vitest'
import { eventually } from '../../support/eventually.ts'
import { storages, type Tab, Tabs, tellTime } from './rig.ts'

const isConnected = (tab: Tab) =>
  eventually(async () => expect((await tab.call('status')).sync.connected).toBe(true))

async function shows(tab: Tab, ...ids: string[]): Promise<void> {
  await eventually(async () => expect(await tab.call('rows')).toEqual(ids))
  expect(await tab.call('stored')).toEqual(ids)
  expect(await tab.call('status')).toMatchObject({ collection: 'ready', error: 'none' })
}

/** Nothing is on its way: a browser keeps no page in its cache that somebody waits for. */
async function isQuiet(tab: Tab): Promise<void> {
  await eventually(async () => {
    const { sync } = await tab.call('status')
    expect(sync).toMatchObject({ connected: true, uploading: false, downloading: false })
  })
}

test.each(storages)(
  'a tab that goes into the back/forward cache holds nobody up, and is right when it comes back: %s',
  async (storage) => {
    const tabs = await Tabs.of(storage)
    const [stays, leaves] = (await tabs.openAll(2)) as [Tab, Tab]
    for (const tab of [stays, leaves]) await tab.call('connect')
    const written: string[] = []
    for (const round of ['a', 'b', 'c', 'd', 'e']) {
      await leaves.call('add', `${round}-1`)
      written.push(`${round}-1`)
      await eventually(() => expect(tabs.endpoint.rows.size).toBe(written.length))
      for (const tab of [stays, leaves]) await shows(tab, ...written)
      for (const tab of [stays, leaves]) await isQuiet(tab)
      await leaves.leave()

      const begun = performance.now()
      await stays.call('add', `${round}-2`)
      written.push(`${round}-2`)
      await eventually(() => expect(tabs.endpoint.rows.size).toBe(written.length))
      tellTime(`${storage}: uploaded`, begun)

      const isRestored = await leaves.back()
      if (!isRestored) process.stdout.write(`${storage}: loaded anew\n`)
      if (!isRestored) await leaves.call('connect')
      await shows(leaves, ...written)
      await isConnected(leaves)
      if (isRestored) break
    }
    expect(await leaves.call('isRestored')).toBe(true)
    await leaves.call('add', 'last')
    await shows(stays, ...written, 'last')
    await eventually(() => expect(tabs.endpoint.rows.size).toBe(written.length + 1))
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
    tellTime(`${storage}: stored`, begun)
    await eventually(() => expect([...tabs.endpoint.rows.keys()]).toContain('todos/b'))

    await frozen.thaw()
    await shows(frozen, 'a', 'b')
    await isConnected(frozen)
    await frozen.call('add', 'c')
    await shows(other, 'a', 'b', 'c')
    await eventually(() => expect(tabs.endpoint.rows.size).toBe(3))
  },
)
