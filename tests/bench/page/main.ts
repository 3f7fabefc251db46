/** The measurements in a page, each on a database file of its own. */
import { upstream } from '@rowsignal/bench-upstream'
import { floor } from '../floor.ts'
import { ours } from '../ours.ts'
import { type Place, schema } from '../schema.ts'
import { fill, measure, type Measured, measureFirstRows, measureWhileReading } from '../session.ts'
import { prepareProgressive, runOnDemand } from './on-demand.ts'
import { open, type Storage } from './open.ts'

const subjects = { floor, ours, upstream }
export interface Order {
  readonly subject: keyof typeof subjects
  readonly storage: Storage
  readonly count: number
}

async function run({ subject, storage, count }: Order): Promise<Measured> {
  const response = await fetch(`/cities-${count}.json`)
  const rows = (await response.json()) as Place[]
  const measured: Measured = {}
  for (const part of [measure, measureFirstRows, measureWhileReading]) {
    const database = await open(`${subject}-${crypto.randomUUID()}.db`, storage, schema)
    await fill(database, rows)
    Object.assign(measured, await part(subjects[subject], database, rows))
    await database.close()
  }
  return measured
}

Object.assign(globalThis, { runBench: run, runOnDemand, prepareProgressive })
