/** A real database under the list: ours by a PowerSync collection, and the floor by the SDK alone. */
import { createPowerSyncCollection } from '@rowsignal/core'
import {
  createConsoleLogger,
  LogLevels,
  PowerSyncDatabase,
  WASQLiteOpenFactory,
  WASQLiteVFS,
} from '@powersync/web'
import { type Place, schema } from '../../schema.ts'
import type { Places } from './places.ts'
import { type VariantName, variants } from './variants.ts'

const vfs = {
  OPFS: WASQLiteVFS.OPFSCoopSyncVFS,
  IDB: WASQLiteVFS.IDBBatchAtomicVFS,
}

export interface DatabaseOrder {
  readonly storage: keyof typeof vfs
  readonly file: string
}

/** How many places are shown, from the top. */
export const limit = 100

export async function openDatabase({ storage, file }: DatabaseOrder): Promise<PowerSyncDatabase> {
  const logger = createConsoleLogger({ minLevel: LogLevels.error })
  const database = new PowerSyncDatabase({
    schema,
    logger,
    factory: new WASQLiteOpenFactory({ logger, open: { dbFilename: file, vfs: vfs[storage] } }),
  })
  await database.init()
  return database
}

export async function showPlaces(
  element: Element,
  database: PowerSyncDatabase,
  name: VariantName,
): Promise<void> {
  if (name === 'plain') return showByQuery(element, database)
  const [places, { variant }] = await Promise.all([openCollection(database), variants[name]()])
  variant.mountList(element, { places, limit })
  await variant.settled?.()
}

async function openCollection(database: PowerSyncDatabase): Promise<Places> {
  const places = createPowerSyncCollection({ database, table: schema.props.places })
  await places.preload()
  return places as unknown as Places // its columns may be null, which those of the bench never are
}

/** The SDK's own event, without its throttle, and the query again. */
async function showByQuery(element: Element, database: PowerSyncDatabase): Promise<void> {
  const list = element.appendChild(document.createElement('ul'))
  const shown: Place[] = []
  const refresh = async (): Promise<void> => {
    const rows = await database.getAll<Place>(`SELECT * FROM places ORDER BY id LIMIT ${limit}`)
    for (const [index, row] of rows.entries()) {
      const item = list.children[index] ?? list.appendChild(createItem())
      if (row.name !== shown[index]?.name) item.firstElementChild!.textContent = row.name
      if (row.note !== shown[index]?.note) item.lastElementChild!.textContent = row.note
      shown[index] = row
    }
  }
  await refresh()
  database.onChange({ onChange: refresh }, { tables: ['places'], throttleMs: 0 })
}

function createItem(): Element {
  const item = document.createElement('li')
  item.append(document.createElement('span'), document.createElement('span'))
  return item
}
