/** A disk that is full: CDP fills OPFS, and has no hold on IndexedDB, which is given little and filled. */
import { expect, test } from 'vitest'
import { eventually } from '../../support/eventually.ts'
import { recordersOfTab, storages, type Tab, Tabs, tellTime } from './rig.ts'

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
    const rows = await tab.call('rows')
    expect(rows).toContain('before')
    expect(await tab.call('count')).toBe(`${rows.length}`)
    expect(await tab.call('told')).toContain('storage-full')
    await tab.limitStorage(undefined)
    await tab.call('add', 'after')
    await eventually(async () => expect(await tab.call('stored')).toContain('after'))
    expect(await tab.call('rows')).toEqual(await tab.call('stored'))
  },
)

test.each(storages.filter((storage) => storage.startsWith('OPFS')))(
  'what was stored stays so, however often the disk is full, for an own write or for what is downloaded: %s',
  async (storage) => {
    const tabs = await Tabs.of(storage)
    const all = await tabs.openAll(2)
    for (const tab of all) await tab.call('connect')
    const stored: string[] = []
    for (let round = 0; round < 12; round++) {
      const tab = all[Math.floor(round / 2) % 2]!
      await tab.limitStorage(1)
      if (round % 2 === 0) {
        const large = await writeUntilFull(tab, `${round}`)
        expect(large.outcome).toBe('storage-full')
        stored.push(...large.stored)
      } else {
        for (let turn = 0; turn < 20; turn++) {
          const data = { title: 'x'.repeat(100_000) }
          tabs.endpoint.change({ type: 'todos', id: `${round} from the server ${turn}`, data })
        }
      }
      for (let turn = 0; turn < 30; turn++) {
        // Also between a statement of the sync that has failed and its next.
        for (const [index, each] of all.entries()) {
          await each.call('write', `${round} full ${index} ${turn}`)
        }
      }
      for (const each of all) await settledWrites(each)
      await tab.limitStorage(undefined)
      for (const [index, each] of all.entries()) {
        await eventually(() => each.call('add', `${round} after ${index}`))
        stored.push(`${round} after ${index}`)
      }
    }
    for (const tab of all) {
      for (const [id, state] of Object.entries(await settledWrites(tab))) {
        if (state === 'stored') stored.push(id)
      }
    }
    all.push(await tabs.open()) // which has read the file only now
    for (const tab of all) {
      await eventually(async () => {
        const rows = await tab.call('rows')
        expect(rows).toEqual(await tab.call('stored'))
        expect([...tabs.endpoint.rows.keys()].toSorted()).toEqual(rows.map((id) => `todos/${id}`))
        expect(stored.filter((id) => !rows.includes(id))).toEqual([])
      })
    }
  },
)

test.each(storages.filter((storage) => storage.startsWith('OPFS')))(
  'on a full disk a page goes into the back/forward cache and comes back, and a database closes: %s',
  async (storage) => {
    const tabs = await Tabs.of(storage)
    const [tab, other] = (await tabs.openAll(2)) as [Tab, Tab]
    await tab.limitStorage(1)
    const { outcome } = await writeUntilFull(tab, 'first')
    expect(outcome).toBe('storage-full')
    await tab.call('write', 'left')
    await tab.leave()
    await other.limitStorage(undefined)
    await other.call('add', 'meanwhile')
    await tab.back()
    await eventually(() => tab.call('add', 'back'))
    await tab.limitStorage(1)
    expect((await writeUntilFull(tab, 'second')).outcome).toBe('storage-full')
    await tab.call('write', 'closed')
    await tab.call('close')
    expect(await settledWrites(tab)).not.toMatchObject({ closed: 'stored' })
    await other.limitStorage(undefined)
    const stored = await eventually(() => other.call('stored'))
    expect(stored).toEqual(expect.arrayContaining(['meanwhile', 'back']))
    await eventually(async () => expect(await other.call('rows')).toEqual(stored))
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

test.each(['one tab', 'a tab without others', 'several tabs', 'several tabs that sync'])(
  'on a full IndexedDB a write is rejected, reading goes on, and writes work again with space: %s',
  async (which) => {
    const tabs = await Tabs.of('IDBBatchAtomicVFS', 8 * 2 ** 20)
    const options = which === 'a tab without others' ? { alone: 'yes' as const } : {}
    const all = await tabs.openAll(which.startsWith('several') ? 3 : 1, options)
    const [tab] = all as [Tab]
    if (which.endsWith('sync')) for (const each of all) await each.call('connect')
    await tab.call('add', 'before')
    await tab.call('fillStorage')
    const begun = performance.now()
    expect(await tab.call('writeLarge', 'large')).toBe('storage-full')
    tellTime(`${which}: rejected`, begun)
    for (const each of all) {
      expect(await each.call('rows')).toEqual(['before'])
      expect(await each.call('count')).toBe('1')
    }
    const fromServer = which.endsWith('sync') ? ['from the server'] : []
    for (const id of fromServer) {
      // Nobody waits for what this stops.
      tabs.endpoint.change({ type: 'todos', id, data: { title: 'x'.repeat(100_000) } })
    }
    await tab.call('freeStorage')
    for (const [index, each] of all.entries()) {
      await eventually(() => each.call('add', `after ${index}`))
    }
    const stored = ['before', ...fromServer, ...all.map((_, index) => `after ${index}`)].toSorted()
    for (const each of all) {
      await eventually(async () => expect(await each.call('rows')).toEqual(stored))
      expect(await each.call('stored')).toEqual(stored)
      expect(await each.call('told')).not.toContain('lock-waiting')
      expect((await each.call('recorders')).length).toBe(all.length * recordersOfTab)
    }
    if (which.endsWith('sync')) {
      await eventually(() => expect(tabs.endpoint.rows.size).toBe(stored.length))
    }
  },
)

test.each(['sdk', 'mixed'] as const)(
  'where SQLite stands still since IndexedDB is full, that is told, and nothing that was stored is lost: %s',
  async (by) => {
    const tabs = await Tabs.of('IDBBatchAtomicVFS', 8 * 2 ** 20)
    const other = await tabs.open(by === 'mixed' ? {} : { by: 'sdk' })
    const tab = await tabs.open({ by: 'sdk' })
    await tab.call('add', 'before')
    await tab.call('fillStorage')
    await tab.call('write', 'one', 'two')
    void tab.call('writeLarge', 'large').catch(() => undefined) // it is never answered
    void other.call('add', 'behind it').catch(() => undefined)
    for (const each of [tab, other]) {
      await eventually(async () => expect(await each.call('told')).toContain('storage-full'))
      expect(await each.call('told')).not.toContain('lock-waiting')
      expect(await each.call('rows')).toContain('before')
    }
    await tab.call('freeStorage')
    const waits = Object.entries(await tab.call('writes')).flatMap(([id, state]) =>
      state === 'stored' ? [] : [id],
    )
    expect(waits).toContain('large')
    await other.close()
    await tab.load()
    const rows = await tab.call('rows')
    expect(rows).toContain('before')
    expect(rows.filter((id) => [...waits, 'behind it'].includes(id))).toEqual([])
    expect(rows).toEqual(await tab.call('stored'))
    await tab.call('add', 'after')
    expect(await tab.call('stored')).toContain('after')
  },
)

test('a file in IndexedDB opens on a full disk, and one that is new says why it does not, and does with space', async () => {
  const tabs = await Tabs.of('IDBBatchAtomicVFS', 8 * 2 ** 20)
  const first = await tabs.open()
  await first.call('add', 'before')
  await first.call('fillStorage')
  await first.close()
  const again = await tabs.begin()
  await eventually(() => again.call('ready')) // a busy machine may take it for one that stands still
  expect(await again.call('rows')).toEqual(['before'])
  const other = await tabs.begin({ file: 'new.db' })
  void other.call('ready').catch(() => undefined)
  await eventually(async () => expect(await other.call('logged')).toContain('storage-full'))
  await again.call('freeStorage')
  await eventually(async () => expect((await other.call('status')).collection).toBe('ready'))
  await other.call('add', 'after')
  expect(await other.call('stored')).toEqual(['after'])
})

/** Writes rows until the file has to grow, and can't. */
async function writeUntilFull(
  tab: Tab,
  name: string,
): Promise<{ stored: string[]; outcome: string }> {
  const stored: string[] = []
  for (;;) {
    const id = `${name} large ${stored.length}`
    const outcome = await tab.call('writeLarge', id)
    if (outcome !== 'stored') return { stored, outcome }
    stored.push(id)
  }
}

/** What has become of all writes of a tab. */
function settledWrites(tab: Tab): Promise<Record<string, string>> {
  return eventually(async () => {
    const writes = await tab.call('writes')
    expect(Object.values(writes)).not.toContain('waits')
    return writes
  })
}

/** The code that a write of 100 KB was rejected with, if it was. */
function write(tab: Tab, turn: number): Promise<string | undefined> {
  return tab.call('add', `${turn}-${'x'.repeat(100_000)}`).then(
    () => undefined,
    (error: Error) => /[a-z]+-[a-z]+$/m.exec(error.message)?.[0] ?? error.message,
  )
}
