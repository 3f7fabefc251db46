import type { PowerSyncDatabase } from '@powersync/web'
import { createReadable, type Readable } from '@rowsignal/core'

/** How many rows a table holds; 0 until it has been counted, again after each change. */
export function createCount(database: PowerSyncDatabase, table: string): Readable<number> {
  let count = 0
  return createReadable({
    get: () => count,
    start(changed) {
      const stop = new AbortController()
      database.onChange(
        {
          async onChange() {
            count = (await database.get<{ count: number }>(`SELECT count(*) count FROM ${table}`))
              .count
            changed()
          },
        },
        { tables: [table], triggerImmediate: true, signal: stop.signal },
      )
      return () => stop.abort()
    },
  })
}
