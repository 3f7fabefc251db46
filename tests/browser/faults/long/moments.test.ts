/** The tab that is the host of a worker is killed while others reach for it: before, in and just after the handshake. */
import { expect, test } from 'vitest'
import { eventually } from '../../../support/eventually.ts'
import { type Storage, storages, type Tab, Tabs, tellTime } from '../rig.ts'

/** After so many round trips to a page: the browser answers one in a few ms. */
const moments = [0, 3, 10, 30, 90]

async function later(tab: Tab, moment: number): Promise<void> {
  for (let turn = 0; turn < moment; turn++) await tab.call('ticks')
}

/** Each tab writes, shows what all have written, has it uploaded and is connected. */
async function expectRight(tabs: Tabs, living: readonly Tab[]): Promise<void> {
  const begun = performance.now()
  for (const [index, tab] of living.entries()) await tab.call('add', `after-${index}`)
  for (const tab of living) {
    await eventually(async () => {
      const rows = await tab.call('rows')
      expect(rows).toEqual(expect.arrayContaining(living.map((_, index) => `after-${index}`)))
      expect(await tab.call('stored')).toEqual(rows)
      expect([...tabs.endpoint.rows.keys()].toSorted()).toEqual(rows.map((id) => `todos/${id}`))
      expect((await tab.call('status')).sync.connected).toBe(true)
    })
    expect(await tab.call('status')).toMatchObject({ collection: 'ready', error: 'none' })
  }
  tellTime('all right', begun)
}

const each = storages.flatMap((storage) => moments.map((moment) => [storage, moment] as const))

test.each(each)(
  'a host that dies while the others connect: %s, after %i round trips',
  async (storage, moment) => {
    const tabs = await Tabs.of(storage)
    const [host, ...others] = (await tabs.openAll(3)) as [Tab, ...Tab[]]
    await host.call('connect')
    const connecting = others.map((tab) => tab.call('connect'))
    await later(host, moment)
    await host.crash()
    await Promise.all(connecting)
    await expectRight(tabs, others)
  },
)

test.each(each)(
  'a host that dies while the others open: %s, after %i round trips',
  async (storage: Storage, moment) => {
    const tabs = await Tabs.of(storage)
    const host = await tabs.open()
    await host.call('connect')
    const opening = [1, 2].map(async () => {
      const tab = await tabs.open()
      await tab.call('connect')
      return tab
    })
    await later(host, moment * 3) // it has a page to load
    await host.crash()
    await expectRight(tabs, await Promise.all(opening))
  },
)

test.each(each)(
  'a host that dies, and the next one while the others connect again: %s, after %i round trips',
  async (storage, moment) => {
    const tabs = await Tabs.of(storage)
    const [first, second, ...others] = (await tabs.openAll(4)) as [Tab, Tab, ...Tab[]]
    for (const tab of [first, second, ...others]) await tab.call('connect')
    await first.crash()
    await later(second, moment)
    await second.crash()
    await expectRight(tabs, others)
  },
)

test.each(storages)(
  'a tab that stops while the worker asks it for SQLite does not keep the others from syncing: %s',
  async (storage) => {
    const tabs = await Tabs.of(storage)
    const [first, ...others] = (await tabs.openAll(3)) as [Tab, ...Tab[]]
    await first.call('connectWithoutSqlite')
    const connecting = others.map((tab) => tab.call('connect'))
    await later(first, 30)
    await first.freeze() // which the worker lives through
    await Promise.all(connecting)
    await expectRight(tabs, others)
  },
)

test.each(storages)(
  'tabs that connect again and again, and at once, sync in the end: %s',
  async (storage) => {
    const tabs = await Tabs.of(storage)
    const all = (await tabs.openAll(3)) as [Tab, ...Tab[]]
    const connecting: Promise<unknown>[] = []
    for (let turn = 0; turn < 100; turn++) {
      for (const tab of [...all, ...all, ...all]) connecting.push(tab.call('connect'))
      await later(all[0], moments[turn % moments.length]!)
    }
    await Promise.all(connecting)
    await expectRight(tabs, all)
  },
)
