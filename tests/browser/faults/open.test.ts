/** Tabs over one file, before anything befalls them. */
import { expect, test } from 'vitest'
import { eventually } from '../../support/eventually.ts'
import { storages, type Tab, Tabs } from './rig.ts'

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

/** A file is open elsewhere, without the lock of the tabs: so is one of a tab that is just gone. Resolves with what ends that. */
async function openElsewhere({ page }: Tab, file: string): Promise<() => Promise<void>> {
  const worker = await page.evaluateHandle(async (file) => {
    const code = `
      const asked = new BroadcastChannel('ahp:/faults.db')
      const open = async () => {
        const folder = await navigator.storage.getDirectory()
        const found = await folder.getFileHandle(name)
        asked.postMessage(null) // who has it, and does not use it, lets go of it
        return found.createSyncAccessHandle()
      }
      const openSoon = () => open().catch(openSoon)
      openSoon().then((handle) => {
        self.handle = handle
        postMessage('open')
      })`
    const url = URL.createObjectURL(new Blob([code], { type: 'text/javascript' }))
    const worker = new Worker(url, { name: file })
    await new Promise((opened) => worker.addEventListener('message', opened))
    return worker
  }, file)
  return () => worker.evaluate((worker) => worker.terminate())
}

test.each(['', '-journal', '-wal'])(
  'a tab that was refused a file keeps no other from it, on OPFSCoopSyncVFS: faults.db%s',
  async (suffix) => {
    const tabs = await Tabs.of('OPFSCoopSyncVFS')
    const [refused, other, writer] = (await tabs.openAll(3)) as [Tab, Tab, Tab]
    const end = await openElsewhere(other, `faults.db${suffix}`)
    expect(await refused.call('count')).not.toBe('0') // it asks once, and never again
    await writer.call('write', 'a')
    await end()
    await eventually(async () => expect(await writer.call('writes')).toEqual({ a: 'stored' }))
    for (const tab of [refused, other]) {
      await eventually(async () => expect(await tab.call('rows')).toEqual(['a']))
    }
    await refused.call('add', 'b')
    expect(await other.call('stored')).toEqual(['a', 'b'])
  },
)

test.each(storages)(
  'a transaction of a sync that is dropped is rolled back, and keeps no other tab from writing: %s',
  async (storage) => {
    const tabs = await Tabs.of(storage)
    const [one, other] = (await tabs.openAll(2)) as [Tab, Tab]
    await one.call('dropTransaction', 'dropped')
    await other.call('add', 'a')
    await one.call('add', 'b')
    for (const tab of [one, other]) {
      await eventually(async () => expect(await tab.call('rows')).toEqual(['a', 'b']))
      expect(await tab.call('stored')).toEqual(['a', 'b'])
    }
  },
)

declare const held: { release: () => void }[]

/** From now on a page does not make this call to the worker that syncs until it is released; so many before fail. */
async function hold(tab: Tab, method: string, failures = 0): Promise<void> {
  const begin = (method: string, failures: number): void => {
    const kept: typeof held = []
    let left = failures
    const { prototype } = MessagePort
    const real = Object.getOwnPropertyDescriptor(prototype, 'postMessage')!
    const post = real.value as (this: MessagePort, message: unknown, transfer: never) => void
    prototype.postMessage = function (
      message: { readonly path?: readonly string[] } | undefined,
      transfer: never,
    ) {
      const release = (): void => post.call(this, message, transfer)
      if (message?.path?.join('.') !== method) release()
      else if (left-- > 0) throw new Error('not now')
      else kept.push({ release })
    }
    Object.assign(globalThis, { held: kept })
  }
  await tab.page.evaluate(begin, method, failures)
}

async function isHeld(tab: Tab): Promise<void> {
  await eventually(async () => expect(await tab.page.evaluate(() => held.length)).toBe(1))
}

async function release(tab: Tab): Promise<void> {
  await tab.page.evaluate(() => {
    for (const { release } of held) release()
  })
}

test.each(storages)(
  'a tab that begins its sync anew while another one connects does not end the sync of all: %s',
  async (storage) => {
    const tabs = await Tabs.of(storage)
    const [one, other] = (await tabs.openAll(2)) as [Tab, Tab]
    await hold(one, 'connect')
    await hold(other, 'setParams', 1)
    const connected = [one.call('connect')]
    await isHeld(one)
    connected.push(other.call('connect'))
    await isHeld(other)
    await release(one)
    await release(other)
    await Promise.all(connected)
    tabs.endpoint.change({ type: 'todos', id: 'a', data: { title: 'a' } })
    for (const tab of [one, other]) {
      await eventually(async () => expect(await tab.call('rows')).toEqual(['a']))
    }
  },
)
