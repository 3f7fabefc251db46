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
import { fill, measure, type Measured } from '../session.ts'

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
  const logger = createConsoleLogger({ minLevel: LogLevels.error })
  const database = new PowerSyncDatabase({
    schema,
    logger,
    factory: new WASQLiteOpenFactory({
      logger,
      open: { dbFilename: `${subject}-${crypto.randomUUID()}.db`, vfs: vfs[storage] },
    }),
  })
  await database.init()
  await fill(database, rows)
  const measured = await measure(subjects[subject], database, rows)
  await database.close()
  return measured
}

Object.assign(globalThis, { runBench: run })
