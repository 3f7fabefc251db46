/**
 * A yes or no that survives a reload and is the same in all tabs of one page, as a readable.
 */
import type { Readable } from '@rowsignal/core'
import { createChanging } from './changing.ts'

export interface Setting extends Readable<boolean> {
  readonly set: (on: boolean) => void
}

export function createSetting(key: string): Setting {
  const { readable, tellChanged } = createChanging(
    () => localStorage.getItem(key) === 'on',
    (changed, signal) => addEventListener('storage', changed, { signal }), // another tab has set it
  )
  return {
    ...readable,
    set(on) {
      localStorage.setItem(key, on ? 'on' : 'off')
      tellChanged()
    },
  }
}
