import { createPowerSyncCollection, powerSyncCollectionOptions } from '@rowsignal/core'
import { createCollection, createLiveQueryCollection } from '@tanstack/db'
import { expect, test } from 'vitest'
import { targetOf } from '../../../core/src/write/write-target.ts'
import { openDatabase } from '../../support/database.ts'
import { openTodos } from '../../support/synced-collection.ts'
import { schema } from '../../support/todos.ts'

test('a collection of ours says which table it writes to, before it starts and from options that were spread', async () => {
  const database = await openDatabase(schema)
  const config = { database, table: schema.props.todos, startSync: false }
  const options = powerSyncCollectionOptions(config)
  const made = [
    createPowerSyncCollection(config),
    createCollection(options),
    createCollection({ ...options, id: 'mine', utils: { ...options.utils } }),
  ]
  for (const collection of made) {
    expect(collection.status).toBe('idle')
    expect(targetOf(collection)).toMatchObject({ database, table: { name: 'todos' } })
  }
})

test('a collection of another maker has none, a live query over one of ours neither', async () => {
  const database = await openDatabase(schema)
  const todos = createPowerSyncCollection({ database, table: schema.props.todos })
  const query = createLiveQueryCollection((q) => q.from({ todo: todos }))
  for (const other of [openTodos([]).todos, query]) {
    expect(() => targetOf(other)).toThrow(
      expect.objectContaining({ code: 'not-a-powersync-collection' }),
    )
  }
})
