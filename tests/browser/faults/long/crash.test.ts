/** The tab that is the host of the worker that tabs share is killed: the first one. */
import { TargetType } from 'puppeteer-core'
import { expect, test } from 'vitest'
import { eventually } from '../../../support/eventually.ts'
import { type Storage, storages, type Tab, Tabs, tellTime } from '../rig.ts'

/** Where SQLite runs in a worker that tabs share, which the first of them takes with it. */
const shared: Storage = 'IDBBatchAtomicVFS'

/** Writes of a tab that are on their way, while something befalls another. */
const ids = (tab: string, count: number) =>
  Array.from({ length: count }, (_, index) => `${tab}-${String(index).padStart(3, '0')}`)

const settled = async (tab: Tab): Promise<Record<string, string>> =>
  eventually(async () => {
    const writes = await tab.call('writes')
    expect(Object.values(writes)).not.toContain('waits')
    return writes
  })

/** The locks are looked at twice a second, of the page's own time: a worker that nobody has seen is not missed. */
async function isWatched(tab: Tab): Promise<void> {
  const begun = await tab.call('ticks')
  await eventually(async () => expect(await tab.call('ticks')).toBeGreaterThan(begun + 150))
}

test.each(storages)(
  'the SDK’s own database is lost with its worker, and everyone is told; on OPFS only its sync is: %s',
  async (storage) => {
    const tabs = await Tabs.of(storage)
    const [host, ...others] = await tabs.openAll(3, { by: 'sdk' })
    for (const tab of [host!, ...others]) await tab.call('connect')
    await host!.call('add', 'before')
    for (const tab of others) {
      await eventually(async () => expect((await tab.call('status')).sync.connected).toBe(true))
      await eventually(async () => expect(await tab.call('rows')).toEqual(['before']))
    }
    for (const tab of others) await isWatched(tab)
    await host!.crash()
    const begun = performance.now()
    const asked = others.map((tab) => tab.call('count'))
    for (const [index, tab] of others.entries()) await tab.call('write', ...ids(`tab${index}`, 20))
    for (const tab of others) {
      const { sync } = await eventually(async () => {
        const status = await tab.call('status')
        expect(status.sync.error).toBeDefined()
        return status
      })
      expect(sync).toMatchObject({ connected: false, connecting: false, uploading: false })
    }
    tellTime(`${storage}: told of a dead worker`, begun)
    for (const [index, tab] of others.entries()) {
      const writes = await settled(tab)
      expect(Object.keys(writes)).toEqual(ids(`tab${index}`, 20))
      expect(await tab.call('told')).not.toContain('lock-waiting')
      if (storage === shared) {
        expect(await asked[index]).toBe('database-lost')
        expect(new Set(Object.values(writes))).toEqual(new Set(['database-lost']))
        expect(await tab.call('status')).toMatchObject({
          collection: 'error',
          error: 'database-lost',
        })
        await expect(tab.call('add', 'later')).rejects.toThrow('database-lost')
        expect(await tab.call('count')).toBe('database-lost')
        expect(await tab.call('rows')).toEqual(['before'])
        continue
      }
      expect(new Set(Object.values(writes))).toEqual(new Set(['stored']))
      expect(await tab.call('status')).toMatchObject({ collection: 'ready', error: 'none' })
      const all = ['before', ...ids('tab0', 20), ...ids('tab1', 20)]
      await eventually(async () => expect(await tab.call('rows')).toEqual(all))
    }
  },
)

test.each(storages)(
  'a database of openPowerSync goes on when its worker dies: rows, writes and sync: %s',
  async (storage) => {
    const tabs = await Tabs.of(storage)
    const [host, ...others] = await tabs.openAll(3)
    for (const tab of [host!, ...others]) await tab.call('connect')
    await host!.call('add', 'before')
    for (const tab of others)
      await eventually(async () => expect(await tab.call('rows')).toEqual(['before']))
    for (const [index, tab] of others.entries()) await tab.call('write', ...ids(`tab${index}`, 20))
    await host!.crash()
    const begun = performance.now()
    const wanted = new Set(['before'])
    for (const tab of others) {
      for (const [id, state] of Object.entries(await settled(tab))) {
        expect(['stored', 'database-lost']).toContain(state)
        if (state === 'stored') wanted.add(id)
      }
    }
    tellTime(`${storage}: all writes settled`, begun)
    for (const [index, tab] of others.entries()) {
      await tab.call('add', `after-${index}`)
      wanted.add(`after-${index}`)
    }
    for (const tab of others) {
      const stored = await eventually(async () => {
        const rows = await tab.call('rows')
        expect(await tab.call('stored')).toEqual(rows)
        expect(rows).toEqual(expect.arrayContaining([...wanted]))
        return rows
      })
      expect(await tab.call('status')).toMatchObject({ collection: 'ready', error: 'none' })
      expect(await tab.call('told')).not.toContain('lock-waiting')
      const uploaded = stored.map((id) => `todos/${id}`)
      await eventually(() => expect([...tabs.endpoint.rows.keys()].toSorted()).toEqual(uploaded))
      await eventually(async () => expect((await tab.call('status')).sync.connected).toBe(true))
    }
    tellTime(`${storage}: all right`, begun)
    expect(tabs.endpoint.uploaded.length).toBe(tabs.endpoint.rows.size)
  },
)

test('in place of a worker that died one is started, which stays', async () => {
  const tabs = await Tabs.of(shared)
  const [host, tab] = (await tabs.openAll(2)) as [Tab, Tab]
  let started = 0
  tab.page.browser().on('targetcreated', (target) => {
    if (target.type() === TargetType.SHARED_WORKER) started++
  })
  await host.crash()
  await tab.call('add', 'a')
  expect(started).toBe(1)
})

test('of two databases in a tab only the one whose worker died is lost', async () => {
  const tabs = await Tabs.of(shared)
  const host = await tabs.open({ by: 'sdk', file: 'of-the-host.db' })
  const another = await tabs.open({ by: 'sdk', file: 'of-another.db' })
  const tab = await tabs.open({ by: 'sdk', file: 'of-the-host.db' })
  await tab.call('openSecond', 'of-another.db')
  await isWatched(tab)
  await host.crash()
  await eventually(async () => expect((await tab.call('status')).error).toBe('database-lost'))
  expect(await tab.call('secondStatus')).toBe('ready')
  await another.crash()
  await eventually(async () => expect(await tab.call('secondStatus')).toBe('database-lost'))
})

test('of two databases of openPowerSync in a tab only the one whose worker died is opened again', async () => {
  const tabs = await Tabs.of(shared)
  const host = await tabs.open({ file: 'of-the-host.db' })
  const another = await tabs.open({ file: 'of-another.db' })
  const tab = await tabs.open({ file: 'of-the-host.db' })
  await tab.call('openSecond', 'of-another.db', 'ours')
  const runs = tab.call('holdSecond', 'a')
  await host.crash()
  await eventually(async () => expect(await tab.call('reopened')).toEqual({ first: 1, second: 0 }))
  await tab.call('add', 'b')
  expect(await tab.call('stored')).toEqual(['b'])
  await tab.call('release')
  expect(await runs).toBe(1) // nobody has ended what was under way
  await eventually(async () => expect(await tab.call('secondRows')).toEqual(['a']))

  await another.crash()
  await eventually(async () => expect(await tab.call('reopened')).toEqual({ first: 1, second: 1 }))
  const again = tab.call('holdSecond', 'c')
  await tab.call('release')
  expect(await again).toBe(1)
  await eventually(async () => expect(await tab.call('secondRows')).toEqual(['a', 'c']))
  expect(await tab.call('stored')).toEqual(['b'])
  expect(await tab.call('status')).toMatchObject({ collection: 'ready', error: 'none' })
  expect(await tab.call('secondStatus')).toBe('ready')
})
