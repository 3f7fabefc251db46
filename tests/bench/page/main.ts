/** The measurements in a page, each on a database file of its own. */
import { upstream } from '@rowsignal/bench-upstream'
import {
  createConsoleLogger,
  LogLevels,
  PowerSyncDatabase,
  WASQLiteOpenFactory,
  WASQLiteVFS,
} from '@powersync/web'
import { floor } from '../floor.ts'
import { ours } from '../ours.ts'
import { type Place, schema } from '../schema.ts'
import { fill, measure, type Measured, measureWhileReading } from '../session.ts'

const subjects = { floor, ours, upstream }
const vfs = {
  OPFS: WASQLiteVFS.OPFSCoopSyncVFS,
  IDB: WASQLiteVFS.IDBBatchAtomicVFS,
}

export interface Order {
  readonly subject: keyof typeof subjects
  readonly storage: keyof typeof vfs
  readonly count: number
}

async function run({ subject, storage, count }: Order): Promise<Measured> {
  const response = await fetch(`/cities-${count}.json`)
  const rows = (await response.json()) as Place[]
  const measured: Measured = {}
  for (const part of [measure, measureWhileReading]) {
    const database = await open(`${subject}-${crypto.randomUUID()}.db`, storage)
    await fill(database, rows)
    Object.assign(measured, await part(subjects[subject], database, rows))
    await database.close()
  }
  return measured
}

async function open(dbFilename: string, storage: keyof typeof vfs): Promise<PowerSyncDatabase> {
  const logger = createConsoleLogger({ minLevel: LogLevels.error })
  const factory = new WASQLiteOpenFactory({ logger, open: { dbFilename, vfs: vfs[storage] } })
  const database = new PowerSyncDatabase({ schema, logger, factory })
  await database.init()
  return database
}

Object.assign(globalThis, { runBench: run })
