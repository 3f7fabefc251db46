import { createPowerSyncCollection } from '@rowsignal/core'
import { openDatabase } from './database.ts'
import { schema } from './todos.ts'

/** A database with one list and one todo of it, and a ready collection of each table. */
export async function openTrip() {
  const database = await openDatabase(schema)
  await database.execute("INSERT INTO lists(id, name) VALUES ('l', 'Trip')")
  await database.execute("INSERT INTO todos(id, title, list_id) VALUES ('a', 'Pack', 'l')")
  const lists = createPowerSyncCollection({ database, table: schema.props.lists })
  const todos = createPowerSyncCollection({ database, table: schema.props.todos })
  await Promise.all([lists.preload(), todos.preload()])
  return { database, lists, todos }
}
