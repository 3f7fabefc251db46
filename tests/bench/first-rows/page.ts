/** One cold read of the places of a file: when the first rows are there, and when all are. */
import { createPowerSyncCollection } from '@rowsignal/core'
import { open, type Storage } from '../page/open.ts'
import { type Place, schema } from '../schema.ts'
import { fill as fillDatabase, type Measured } from '../session.ts'

const page = {
  async fill(file: string, storage: Storage, rows: readonly Place[]): Promise<void> {
    const database = await open(file, storage, schema)
    await fillDatabase(database, rows)
    await database.close()
  },
  /** From a database that is open, in ms. */
  async read(file: string, storage: Storage): Promise<Measured> {
    const database = await open(file, storage, schema)
    await database.get('SELECT 1')
    const start = performance.now()
    const places = createPowerSyncCollection({ database, table: schema.props.places })
    const first = new Promise<number>((shown) => {
      places.subscribeChanges((changes) => {
        if (changes.length > 0) shown(performance.now() - start)
      })
    })
    const measured = { first: await first, all: 0 }
    await places.stateWhenReady()
    measured.all = performance.now() - start
    await database.close()
    return measured
  },
}

export type FirstRowsPage = typeof page
Object.assign(globalThis, { firstRowsPage: page })
