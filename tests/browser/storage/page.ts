/** A page that keeps todos in a file, by the SDK alone or where `pickStorage` says. */
import { pickStorage, resetStorage } from '@rowsignal/core/web'
import {
  column,
  createConsoleLogger,
  LogLevels,
  PowerSyncDatabase,
  Schema,
  Table,
  WASQLiteOpenFactory,
  WASQLiteVFS,
} from '@powersync/web'

const schema = new Schema({ todos: new Table({ title: column.text }) })
const logger = createConsoleLogger({ minLevel: LogLevels.error })

/** The SDK's own database, whose `init` rejects when the file does not open. */
async function open(dbFilename: string, vfs: WASQLiteVFS): Promise<PowerSyncDatabase> {
  const factory = new WASQLiteOpenFactory({ logger, open: { dbFilename, vfs } })
  const database = new PowerSyncDatabase({ schema, logger, factory })
  try {
    await database.init()
  } catch (error) {
    // On OPFSWriteAheadVFS (2.4.0) what reads may not see yet what the other worker has just made.
    if (!String(error).includes('no such table: ps_')) throw error
    return open(dbFilename, vfs)
  }
  return database
}

const page = {
  open: (file: string, storage: keyof typeof WASQLiteVFS) => open(file, WASQLiteVFS[storage]),
  async add(database: PowerSyncDatabase, title: string): Promise<void> {
    await database.execute('INSERT INTO todos(id, title) VALUES (uuid(), ?)', [title])
  },
  async titles(database: PowerSyncDatabase): Promise<string[]> {
    const rows = await database.getAll<{ title: string }>('SELECT title FROM todos ORDER BY title')
    return rows.map(({ title }) => title)
  },
  /** Opens the file where `pickStorage` says that it is. */
  openPicked: async (file: string) => open(file, (await pickStorage(file)).vfs),
  picked: async (file: string) => (await pickStorage(file)).vfs,
  reset: (file: string) => resetStorage(file),
}

export type StoragePage = typeof page
Object.assign(globalThis, { storagePage: page })
