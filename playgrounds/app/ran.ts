/** What the switch "What ran" shows: each row flashes and counts when its template runs. */
import { createSetting } from './setting.ts'

/** One switch for all pages. */
export const whatRan = createSetting('trips:what-ran')

const counts = new Map<string, number>()
const justRan = new Set<string>()
let isOn = false

whatRan.subscribe((on) => {
  isOn = on
  counts.clear()
  for (const element of document.querySelectorAll('[data-ran]')) element.removeAttribute('data-ran')
})

/**
 * The value as it is, for the template of a row to show: that this runs is what is counted. However many parts of a row
 * run for one change, they count once.
 *
 * @param row The id of the row, which its element has as `data-row`.
 */
export function ran<T>(row: string, value: T): T {
  if (isOn) {
    if (justRan.size === 0) requestAnimationFrame(show)
    justRan.add(row)
  }
  return value
}

function show(): void {
  for (const row of justRan) {
    const count = (counts.get(row) ?? 0) + 1
    counts.set(row, count)
    const element = document.querySelector(`[data-row="${CSS.escape(row)}"]`)
    element?.setAttribute('data-ran', String(count))
    if (matchMedia('(prefers-reduced-motion: reduce)').matches) continue
    element?.animate([{ backgroundColor: 'var(--flash)' }, {}], {
      duration: 900,
      easing: 'ease-out',
    })
  }
  justRan.clear()
}
