/** Tabs that are slow, and none that is frozen: who waits for them is served in turn. */
import { expect, test } from 'vitest'
import { eventually } from '../../../support/eventually.ts'
import { storages, type Tab, Tabs, tellTime } from '../rig.ts'

/** When a wait is told, by default. */
const lockWarnMs = 5_000

test.each(storages)(
  'of writes of three slow tabs that wait for each other nobody is told anything: %s',
  async (storage) => {
    const tabs = await Tabs.of(storage)
    const opened = await tabs.openAll(3)
    for (const tab of opened) await tab.slowDown(10)
    let round = 0
    let tookMs: number
    do {
      const begun = performance.now()
      const count = 20 * ++round
      const ids = (name: string) => Array.from({ length: count }, (_, n) => `${name}-${round}-${n}`)
      for (const [index, tab] of opened.entries()) await tab.call('write', ...ids(`tab${index}`))
      for (const tab of opened) {
        await eventually(async () => {
          const states = new Set(Object.values(await tab.call('writes')))
          expect([...states]).toEqual(['stored'])
        })
      }
      tellTime(`${storage}: ${count} writes of each of three tabs`, begun)
      tookMs = performance.now() - begun
    } while (tookMs < 2 * lockWarnMs) // the last ones have waited for longer than may be told
    for (const tab of opened) expect(await tab.call('logged')).toEqual([])
  },
)

test.each(storages)(
  'a tab that is slow is not taken for a frozen one, also when another is frozen, and an app is blamed in its own tab alone: %s',
  async (storage) => {
    const tabs = await Tabs.of(storage)
    const [slow, other, frozen] = (await tabs.openAll(3, { by: 'sdk' })) as [Tab, Tab, Tab]
    for (const tab of [slow, other, frozen]) await tab.call('stored') // it has nothing more to do
    await slow.call('hold', 'of the app')
    await frozen.freeze()
    await slow.call('write', 'in the same tab')
    await other.call('write', 'in another tab')
    for (const tab of [slow, other]) {
      await eventually(async () => expect(await tab.call('told')).toEqual(['lock-waiting']))
      expect(await tab.call('logged')).toEqual(['lock-waiting'])
    }
    expect((await slow.call('reasons')).join()).toContain('of your own has had it')
    expect((await other.call('reasons')).join()).toContain('another tab does, or PowerSync')
    await slow.call('release')
    await frozen.thaw()
    const all = ['in another tab', 'in the same tab', 'of the app']
    for (const tab of [slow, other, frozen]) {
      await eventually(async () => expect(await tab.call('rows')).toEqual(all))
    }
    for (const tab of [slow, other]) expect(await tab.call('told')).toEqual([])
  },
)
