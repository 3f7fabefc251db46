/**
 * A yes or no that survives a reload and is the same in all tabs of one page, as a readable.
 */
import { createReadable, type Readable } from '@rowsignal/core'

export interface Setting extends Readable<boolean> {
  readonly set: (on: boolean) => void
}

export function createSetting(key: string): Setting {
  const changes = new EventTarget()
  const readable = createReadable({
    get: () => localStorage.getItem(key) === 'on',
    start(changed) {
      const stop = new AbortController()
      changes.addEventListener('change', changed, { signal: stop.signal })
      addEventListener('storage', changed, { signal: stop.signal }) // another tab has set it
      return () => stop.abort()
    },
  })
  return {
    ...readable,
    set(on) {
      localStorage.setItem(key, on ? 'on' : 'off')
      changes.dispatchEvent(new Event('change'))
    },
  }
}
