import { expect, test } from 'vitest'
import { eventually } from '../../support/eventually.ts'
import { openThreeTodos } from '../../support/three-todos.ts'
import { trackingObjects } from '../../support/todos.ts'

test('a table that can no longer be read puts its collection in error', async () => {
  const { database, todos } = await openThreeTodos()
  const [destination] = (await trackingObjects(database)).filter((name) =>
    name.startsWith('rowsignal_'),
  )
  await database.writeTransaction(async (tx) => {
    await tx.execute("UPDATE todos SET title = 'x' WHERE id = 't000001'")
    await tx.execute(`ALTER TABLE ${destination} RENAME COLUMN id TO gone`)
  })
  await eventually(() => expect(todos.status).toBe('error'))
})

test('disconnectAndClear empties the collection', async () => {
  const { database, todos } = await openThreeTodos()
  await database.disconnectAndClear()
  await eventually(() => expect(todos.size).toBe(0))
  await database.execute("INSERT INTO todos(id, title) VALUES ('next', 'user')")
  await eventually(() => expect(todos.get('next')?.title).toBe('user'))
})
