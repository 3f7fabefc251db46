import type { PowerSyncDatabase } from '@powersync/web'
import { createReadable, type Readable } from '@rowsignal/core'

/** How many writes wait in PowerSync's upload queue. */
export function createPendingUploads(database: PowerSyncDatabase): Readable<number> {
  let count = 0
  return createReadable({
    get: () => count,
    start(changed) {
      const stop = new AbortController()
      database.onChange(
        {
          async onChange() {
            count = (await database.getUploadQueueStats()).count
            changed()
          },
        },
        { tables: ['ps_crud'], triggerImmediate: true, signal: stop.signal },
      )
      return () => stop.abort()
    },
  })
}
