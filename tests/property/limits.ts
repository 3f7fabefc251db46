/**
 * Known limits of what the library rests on. Each is left out of the programs, or of what is asked of them, as narrowly
 * as it can be.
 */
const isDb09 = process.env.TANSTACK_DB === '0.9'

/**
 * @tanstack/db (seen on 0.9.2 and 0.15.2) shows the optimistic row of a transaction that completes around a clean-up also
 * after the restart, until the first sync commit; it is gone then until the chunk that has it is read. So a row that
 * goes while its collection is being read is not yet held to come back only as something newer.
 */
export const keepsRowsOfCompletedTransactions = true

/**
 * @tanstack/db 0.9.2 tells the collections of a settled transaction of it in a plain loop (`touchCollection`), which a
 * subscriber that throws ends: the optimistic rows of the collections after it stay until they change.
 */
export const stopsSettlingAtThrow = isDb09

/** @tanstack/db 0.9.2 cannot delete a row and insert it again in one transaction. */
export const refusesDeleteThenInsert = isDb09

/**
 * After a soft clear @powersync/shared-internals 1.3.0 migrates the keys of the operations that it has kept once more,
 * to `null`: what the server removes or replaces later no longer finds them, and the rows stay in SQLite.
 */
export const keepsRemovedRowsAfterSoftClear = true
