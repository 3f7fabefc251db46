/**
 * The trip that is open is part of the address (`#<trip id>`): it can be linked, and survives a reload.
 */
import { createReadable, type Readable } from '@rowsignal/core'

export const openTripId: Readable<string> = createReadable({
  get: () => location.hash.slice(1),
  start(changed) {
    addEventListener('hashchange', changed)
    return () => removeEventListener('hashchange', changed)
  },
})
