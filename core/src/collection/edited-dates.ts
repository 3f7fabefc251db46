/**
 * The dates of a draft. TanStack DB (0.9.2, 0.15.2) notes what is assigned to a draft and what is done to the objects and
 * arrays in it, but what a setter changes in a `Date` it drops without a word.
 */
import type { AnyRow } from '../libraries/tanstack.ts'

/** Assigns the dates that a change function has set in place, at any depth, so that they count as changed. */
export function assignEditedDates(draft: AnyRow, row: object): void {
  for (const [name, before] of Object.entries(row)) {
    if (!holdsDate(before)) continue
    const edited = draft[name]
    if (!(before instanceof Date)) {
      if (isContainer(edited)) assignEditedDates(edited, before)
    } else if (edited instanceof Date && edited.getTime() !== before.getTime()) {
      draft[name] = null // the draft compares with the date that it holds, and that is the edited one
      draft[name] = edited
    }
  }
}

function holdsDate(value: unknown): value is object {
  return value instanceof Date || (isContainer(value) && Object.values(value).some(holdsDate))
}

/** Arrays and plain objects: what a draft looks into. */
function isContainer(value: unknown): value is AnyRow {
  if (typeof value !== 'object' || value === null) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  return Array.isArray(value) || prototype === Object.prototype || prototype === null
}
