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

declare const workers: Worker[]

test.each(storages.filter((storage) => storage.startsWith('OPFS')))(
  'a worker of the tab that breaks is given up, and what it was asked is done by the next: %s',
  async (storage) => {
    const tabs = await Tabs.of(storage)
    const tab = await tabs.begin()
    await tab.page.evaluateOnNewDocument(() => {
      const started: Worker[] = []
      const { Worker: Real } = globalThis
      const Kept = new Proxy(Real, {
        construct(target, args: ConstructorParameters<typeof Worker>) {
          const worker = new target(...args)
          started.push(worker)
          return worker
        },
      })
      Object.assign(globalThis, { Worker: Kept, workers: started })
    })
    await tab.load()
    await tab.page.evaluate(() => {
      workers[0]!.postMessage = () => undefined // it is asked, and answers nobody
    })
    await tab.call('write', 'a')
    await tab.page.evaluate(() => workers[0]!.dispatchEvent(new ErrorEvent('error')))
    await eventually(async () => expect(await tab.call('writes')).toEqual({ a: 'stored' }))
    await eventually(async () => expect(await tab.call('rows')).toEqual(['a']))
  },
)
