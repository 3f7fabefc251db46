import { column, PowerSyncDatabase, Schema, Table } from '@powersync/web'
import { createPowerSyncCollection } from '@rowsignal/core'

export const schema = new Schema({
  todos: new Table({ title: column.text, done: column.integer }),
})
export const database = new PowerSyncDatabase({
  schema,
  database: { dbFilename: 'app.db', disableSSRWarning: true }, // a server has no rows
})

/** In place of a sync: a first visit has no rows yet. With one this is `() => database.waitForFirstSync()`. */
async function firstSync(): Promise<void> {
  const response = await fetch('/api/todos')
  await database.execute(
    `INSERT INTO todos(id, title, done)
     SELECT value ->> 'id', value ->> 'title', value ->> 'done' FROM json_each(?)
     WHERE value ->> 'id' NOT IN (SELECT id FROM todos)`,
    [await response.text()],
  )
}

export const todos = createPowerSyncCollection({
  database,
  table: schema.props.todos,
  onLoad: firstSync,
})
