/** Mounting what a driver has, with the log of what ran. */
import type { Seeds } from '@rowsignal/core'
import { onTestFinished } from 'vitest'
import { afterFrame } from '../../core/src/readable/after-frame.ts'
import type { Todo } from '../support/synced-collection.ts'
import type { Driver, ListProps, Mounted, QueryFields, QueryProps, Todos } from './contract.ts'

/** A log whose entries since the last call `ran` gives, sorted. */
function createLog(flush: () => Promise<void>) {
  const entries: string[] = []
  return {
    log: (entry: string) => void entries.push(entry),
    ran: async () => {
      await flush()
      return entries.splice(0).sort()
    },
  }
}

export function mounting(driver: Driver) {
  const { box, flush } = driver

  /** Mounts, and takes down at the end of the test. */
  async function mount<Props extends object>(how: (props: Props) => Mounted, props: Props) {
    const mounted = how(props)
    let gone = false
    const unmount = async () => {
      if (!gone) mounted.unmount()
      gone = true
      await flush()
    }
    onTestFinished(unmount)
    if ('seeds' in props) await new Promise<void>(afterFrame) // reading has begun
    await flush()
    return { ...mounted, unmount }
  }

  /** Mounts a list; `ran` gives what ran since the last call. */
  async function mountList(
    todos: Todos | undefined,
    window?: { limit: number; offset?: number },
    seeds: readonly Seeds[] = [],
  ) {
    const { log, ran } = createLog(flush)
    const shown = box<ListProps['window']['value']>(window)
    const props = { collection: box(todos), window: shown, log, seeds }
    const mounted = await mount(driver.mountList, props)
    await ran()
    return { ...mounted, ...props, ...texts(mounted), ran }
  }

  /** Mounts the component of one row. */
  async function mountItem(row: Readonly<Todo>) {
    const { log, ran } = createLog(flush)
    const mounted = await mount(driver.mountItem, { row, log })
    await ran()
    return { ...mounted, ran }
  }

  /** Mounts a query; `query()` gives its fields as they are now. */
  async function mountQuery(ask: QueryProps['ask']['value'], seeds: readonly Seeds[] = []) {
    const { log, ran } = createLog(flush)
    let read: (() => QueryFields) | undefined
    const expose = (query: () => QueryFields): void => void (read = query)
    const props = { ask: box(ask), log, expose, seeds }
    const mounted = await mount(driver.mountQuery, props)
    const query = () => {
      if (read === undefined) throw new Error('the component exposes nothing')
      return read()
    }
    await ran()
    return { ...mounted, ...props, ...texts(mounted), ran, query }
  }

  return { mount, mountList, mountQuery, mountItem }
}

function texts({ element }: Mounted) {
  return {
    texts: () => Array.from(element.querySelectorAll('li'), (li) => li.textContent),
    heading: () => element.querySelector('p')?.textContent,
  }
}
