/** The planner's client as an app would have it: the real SDK in process, signed in as one user. */
import { column, Schema, Table } from '@powersync/common'
import type { PowerSyncDatabase } from '@powersync/node'
import { openDatabase } from '../support/database.ts'

const plannerSchema = new Schema({
  trips: new Table({ owner_id: column.text, name: column.text, starts_on: column.text }),
  stops: new Table({
    trip_id: column.text,
    owner_id: column.text,
    place: column.text,
    position: column.integer,
    done: column.integer,
  }),
  places: new Table(
    {
      name: column.text,
      search: column.text,
      country: column.text,
      population: column.integer,
      lat: column.real,
      lon: column.real,
    },
    { indexes: { search: ['search', 'population'], country: ['country', 'search'] } },
  ),
})

export interface PlannerOptions {
  /** Where to sync and upload, asked anew at each connection. */
  readonly url: () => string
  readonly user?: '1' | '2'
}

/** A database in memory that is connected and has synced the user's own rows. */
export async function openPlanner({ url, user = '1' }: PlannerOptions): Promise<PowerSyncDatabase> {
  // Connections are cut and uploads fail here on purpose.
  const database = await openDatabase(plannerSchema, { logLevel: Infinity })
  const signIn = async () => {
    const response = await fetch(`${url()}/api/token?user=${user}`)
    return ((await response.json()) as { token: string }).token
  }
  await database.connect(
    {
      fetchCredentials: async () => ({ endpoint: url(), token: await signIn() }),
      async uploadData(queue) {
        const transaction = await queue.getNextCrudTransaction()
        if (transaction === null) return
        const operations = transaction.crud.map(({ op, table, id, opData }) => ({
          op,
          table,
          id,
          data: opData,
        }))
        const response = await fetch(`${url()}/api/upload`, {
          method: 'POST',
          headers: {
            authorization: `Bearer ${await signIn()}`,
            'content-type': 'application/json',
          },
          body: JSON.stringify({ operations }),
        })
        if (!response.ok) throw new Error(`The upload was answered ${response.status}.`)
        await transaction.complete()
      },
    },
    { crudUploadThrottleMs: 10, retryDelayMs: 50 },
  )
  await database.waitForFirstSync()
  return database
}
