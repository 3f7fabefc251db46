/**
 * Operations that were taken out of the queue by hand, with a refused write that was retried or discarded: gone from it, and
 * never uploaded as what they were. Known while the page lives, as long as a promise of them may.
 */
import type { Database } from '../libraries/powersync.ts'
import { perObject } from '../readable/per-object.ts'

/** The ids of the operations. */
export const withdrawnOf: (database: Database) => Set<number> = perObject(
  (_database: Database) => new Set<number>(),
)
