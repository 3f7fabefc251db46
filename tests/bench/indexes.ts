/**
 * `pnpm --dir tests exec tsx --expose-gc bench/indexes.ts`: what an index of TanStack DB costs and saves, by which no
 * index is the default. 100,000 places, without and with `autoIndex`; ms of CPU and MB of heap, medians of 3 rounds.
 */
import { createPowerSyncCollection } from '@rowsignal/core'
import { BasicIndex, createLiveQueryCollection, eq } from '@tanstack/db'
import { places } from './cities.ts'
import { openInProcess } from './node.ts'
import { schema } from './schema.ts'
import { fill, median } from './session.ts'

const rows = places(100_000)
const variants = {
  without: {},
  with: { autoIndex: 'eager', defaultIndexType: BasicIndex },
} as const
const measured = new Map<string, number[]>()

for (let round = 0; round < 3; round++) {
  for (const [name, options] of Object.entries(variants)) await run(name, options)
}
for (const [name, values] of measured) console.log(name, median(values).toFixed(1))
process.exit(0)

async function run(variant: string, options: object): Promise<void> {
  const database = await openInProcess()
  await fill(database, rows)
  const table = schema.props.places
  const all = createPowerSyncCollection({ database, table, ...options })
  const cost = async (step: string, work: () => Promise<unknown>): Promise<void> => {
    const before = await heap()
    const start = process.cpuUsage()
    await work()
    const { user, system } = process.cpuUsage(start)
    note(`${step}, ${variant}, ms`, (user + system) / 1000)
    note(`${step}, ${variant}, MB`, ((await heap()) - before) / 2 ** 20)
  }
  await cost('first read', () => all.preload())
  const first = createLiveQueryCollection((q) =>
    q
      .from({ place: all })
      .orderBy(({ place }) => place.name)
      .limit(20),
  )
  await cost('order by name, 20', () => first.preload())
  await first.cleanup()
  const pairs = createLiveQueryCollection((q) =>
    q
      .from({ place: all })
      .where(({ place }) => eq(place.id, rows[0]!.id))
      .innerJoin({ other: all }, ({ place, other }) => eq(place.country, other.country))
      .select(({ other }) => ({ id: other.id })),
  )
  await cost('join by country', () => pairs.preload())
  await pairs.cleanup()
  const some = rows.slice(0, 100).map(({ id }) => id)
  await cost('100 updates', async () => {
    for (const id of some) {
      await all.update(id, (place) => void (place.name = `${place.name}!`)).isPersisted.promise
    }
  })
  await database.close()
}

function note(name: string, value: number): void {
  const values = measured.get(name)
  if (values === undefined) measured.set(name, [value])
  else values.push(value)
}

async function heap(): Promise<number> {
  for (let turn = 0; turn < 5; turn++) {
    globalThis.gc?.()
    await new Promise((resolve) => setImmediate(resolve))
  }
  return process.memoryUsage().heapUsed
}
