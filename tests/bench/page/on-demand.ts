/** Collections on demand in a page: all subjects in turn on one database file. */
import { upstream } from '@rowsignal/bench-upstream/on-demand'
import { createPowerSyncCollection } from '@rowsignal/core'
import { held, sql } from '../on-demand/floors.ts'
import { ours } from '../on-demand/ours.ts'
import { type City, fill, schema } from '../on-demand/schema.ts'
import { measure, type Name, rounds, type Samples } from '../on-demand/session.ts'
import { open } from './open.ts'

const subjects = { sql, held, ours, upstream }

async function openFilled(count: number) {
  const cities = (await (await fetch('/all-cities.json')).json()) as City[]
  const database = await open(`on-demand-${crypto.randomUUID()}.db`, 'OPFS', schema)
  await fill(database, cities, count)
  return database
}

export async function runOnDemand(count: number): Promise<Samples> {
  const database = await openFilled(count)
  const samples: Samples = { sql: [], held: [], ours: [], upstream: [] }
  const clock = (): number => performance.now()
  for (let turn = 0; turn < rounds('ours', count); turn++) {
    for (const name of Object.keys(subjects) as Name[]) {
      if (turn < rounds(name, count)) {
        samples[name].push(await measure(subjects[name], { database, turn, clock }))
      }
    }
  }
  return samples
}

/** Makes the database; what it returns loads it in the background, and resolves when all is there. */
export async function prepareProgressive(count: number): Promise<() => Promise<void>> {
  const database = await openFilled(count)
  return async () => {
    performance.mark('rowsignal: begins')
    const table = schema.props.places
    const places = createPowerSyncCollection({ database, table, syncMode: 'progressive' })
    await places.preload()
    while (places.size < count) await new Promise((resolve) => setTimeout(resolve, 100))
    performance.mark('rowsignal: ends')
  }
}
