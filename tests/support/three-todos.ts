import { createPowerSyncCollection } from '@rowsignal/core'
import { openDatabase } from './database.ts'
import { insertTodos, schema } from './todos.ts'

/** A database with the todos `t000000` to `t000002`, and a ready collection of them. */
export async function openThreeTodos() {
  const database = await openDatabase(schema)
  await insertTodos(database, 3)
  const todos = createPowerSyncCollection({ database, table: schema.props.todos })
  await todos.preload()
  return { database, todos }
}
