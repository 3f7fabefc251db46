/**
 * Run by `until-closed.test.ts` as a process of its own: says how many timers would keep it alive, while a collection is
 * open, when its database begins to close, and when that has closed.
 */
import '../../support/engine.ts'
import { column, createConsoleLogger, LogLevels, Schema, Table } from '@powersync/common'
import { PowerSyncDatabase } from '@powersync/node'
import { WASQLiteOpenFactory } from '@powersync/web'
import { createPowerSyncCollection } from '@rowsignal/core'
import { inMemory } from '../../support/in-memory.ts'

const schema = new Schema({ todos: new Table({ title: column.text }) })
const logger = createConsoleLogger({ minLevel: LogLevels.error })
const factory = new WASQLiteOpenFactory({ logger, open: inMemory('closing.db') })
const database = new PowerSyncDatabase({ schema, logger, factory })
const todos = createPowerSyncCollection({ database, table: schema.props.todos })
await todos.preload()
await todos.insert({ id: 'a', title: 'Pack' }).isPersisted.promise
await todos.cleanup() // TanStack DB's own timer goes with it

/** Those that would not keep it alive are not among them. */
const tell = (when: string): void => {
  const timers = process.getActiveResourcesInfo().filter((name) => name === 'Timeout')
  process.stdout.write(`${when}: ${timers.length}\n`)
}
tell('open')
database.registerListener({ closing: () => tell('closing'), closed: () => tell('closed') })
await database.close()
