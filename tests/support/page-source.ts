/** A collection on demand whose loads the test ends, and may have fail. */
import { createCollection, type SyncConfig } from '@tanstack/db'
import { todo, type Todo } from './synced-collection.ts'

type Sync = Parameters<SyncConfig<Todo, string>['sync']>[0]

export function openPageSource(count: number) {
  const waiting: { resolve: () => void; reject: (error: Error) => void }[] = []
  let isHeld = false
  let read = 0
  const source = createCollection<Todo, string>({
    getKey: (row) => row.id,
    syncMode: 'on-demand',
    defaultStringCollation: { stringSort: 'lexical' },
    sync: {
      rowUpdateMode: 'full',
      sync(sync: Sync) {
        sync.markReady()
        return {
          loadSubset({ limit = count }) {
            const answer = (): void => {
              // More than was asked for is allowed: all up to the end of this page.
              const end = Math.min(count, read + limit)
              sync.begin()
              for (; read < end; read++) {
                const value = todo(`t${String(read).padStart(3, '0')}`, { rank: read })
                sync.write({ type: source.has(value.id) ? 'update' : 'insert', value })
              }
              void sync.commit()
            }
            if (!isHeld) {
              answer()
              return true
            }
            return new Promise<void>((resolve, reject) => {
              waiting.push({ resolve: () => (answer(), resolve()), reject })
            })
          },
        }
      },
    },
  })
  return {
    source,
    /** From now on a load waits for `settle`. */
    hold: () => void (isHeld = true),
    /** How many loads wait. */
    waiting: () => waiting.length,
    /** Ends all loads that wait, with an error if one is given; with none also those that come. */
    settle(error?: Error) {
      if (error === undefined) isHeld = false
      for (const { resolve, reject } of waiting.splice(0)) {
        if (error === undefined) resolve()
        else reject(error)
      }
    },
  }
}
