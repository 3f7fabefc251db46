import { column, Schema, Table } from '@powersync/common'
import type { PowerSyncDatabase } from '@powersync/node'

export const schema = new Schema({
  lists: new Table({ name: column.text }),
  todos: new Table({
    title: column.text,
    done: column.integer,
    list_id: column.text,
    weight: column.real,
  }),
})

interface Subscribable {
  subscribeChanges(
    callback: (changes: readonly { type: string; key: unknown; value: object }[]) => void,
    options: { includeInitialState: false },
  ): unknown
}

/** The events of a collection as one line each: `insert a title=Pack`. */
export function logEvents(collection: Subscribable): string[] {
  const log: string[] = []
  collection.subscribeChanges(
    (changes) => {
      for (const { type, key, value } of changes) {
        log.push(`${type} ${String(key)} title=${String((value as { title?: unknown }).title)}`)
      }
    },
    { includeInitialState: false }, // said outright, or TanStack DB tells the first update of a row as an insert
  )
  return log
}

/** Inserts todos `t0…` straight into SQLite. */
export async function insertTodos(database: PowerSyncDatabase, count: number): Promise<void> {
  const rows = Array.from({ length: count }, (_, index) => ({
    id: `t${String(index).padStart(6, '0')}`,
    title: `todo ${index}`,
  }))
  await database.execute(
    `INSERT INTO todos(id, title, done) SELECT value->>'id', value->>'title', 0 FROM json_each(?)`,
    [JSON.stringify(rows)],
  )
}

/** What no test may leave behind: our tables and triggers in SQLite. */
export async function trackingObjects(database: PowerSyncDatabase): Promise<string[]> {
  const rows = await database.getAll<{ name: string }>(
    "SELECT name FROM sqlite_temp_master WHERE name LIKE '%rowsignal%' UNION ALL SELECT name FROM sqlite_master WHERE name LIKE '%rowsignal%'",
  )
  return rows.map((row) => row.name)
}
