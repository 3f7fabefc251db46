import type { Host } from '@rowsignal/core/host'
import { onTestFinished } from 'vitest'
import { liveRows } from '../../core/src/rows/live-rows.ts'
import { plainLifecycle } from './plain-host.ts'
import { openTodos, type SyncedTodos } from './synced-collection.ts'

type Cell = Set<string>

/** A framework of the least kind: `running` tracks what it reads, and `log` holds the names of what would run again. */
export function createHost() {
  const log: string[] = []
  let running: string | undefined
  const host: Host<Cell> = {
    ...plainLifecycle().lifecycle,
    cell: () => new Set(),
    track: (cell, now) => {
      if (running !== undefined) cell.add(running)
      return now
    },
    trigger: (cell) => {
      log.push(...cell)
    },
  }
  const run = <T>(name: string, read: () => T): T => {
    running = name
    try {
      return read()
    } finally {
      running = undefined
    }
  }
  /** What has to run again since the last call. */
  const reruns = (): string[] => [...new Set(log.splice(0))].sort()
  return { host, run, reruns }
}

/** Live rows of a real collection in such a framework, followed until the test ends. */
export function openLiveRows(ids: readonly string[], source: SyncedTodos = openTodos(ids)) {
  const framework = createHost()
  const live = liveRows(source.todos, framework.host)
  const release = live.acquire()
  onTestFinished(release)
  return { ...source, ...framework, live, release }
}
