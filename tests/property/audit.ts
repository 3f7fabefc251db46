/** A record, kept by SQLite itself, of everything that was ever in the queue of uploads; a clear does not empty it. */
import type { PowerSyncDatabase } from '@powersync/node'
import type { QueueEntry } from './ledger.ts'

/** Starts the record. A value that ends in `!` is refused from now on, as by a constraint. */
export async function startAudit(database: PowerSyncDatabase): Promise<void> {
  await database.execute(
    'CREATE TEMP TABLE audit (number INTEGER PRIMARY KEY AUTOINCREMENT, tx_id INTEGER, data TEXT)',
  )
  await database.execute(`
CREATE TEMP TRIGGER audit_queue AFTER INSERT ON ps_crud BEGIN
  SELECT RAISE(ABORT, 'refused') WHERE NEW.data LIKE '%!"%';
  INSERT INTO audit (tx_id, data) VALUES (NEW.tx_id, NEW.data);
END`)
}

export async function readAudit(database: PowerSyncDatabase): Promise<QueueEntry[]> {
  const rows = await database.getAll<{ tx_id: number; data: string }>(
    'SELECT tx_id, data FROM audit ORDER BY number',
  )
  return rows.map(({ tx_id, data }) => {
    const entry = JSON.parse(data) as Omit<QueueEntry, 'group'>
    return { ...entry, data: entry.data ?? null, group: tx_id }
  })
}
