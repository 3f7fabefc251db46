import { expect, test } from 'vitest'
import { openThreeTodos } from '../../support/three-todos.ts'
import { trackingObjects } from '../../support/todos.ts'

test('the trigger records ids and no values', async () => {
  const { database } = await openThreeTodos()
  const [destination] = (await trackingObjects(database)).filter((name) =>
    name.startsWith('rowsignal_'),
  )
  const recorded = await database.writeTransaction(async (tx) => {
    await tx.execute("UPDATE todos SET title = 'private' WHERE id = 't000001'")
    return tx.getAll(`SELECT id, value, previous_value FROM ${destination}`)
  })
  expect(recorded).toEqual([{ id: 't000001', value: '{}', previous_value: '{}' }])
})
