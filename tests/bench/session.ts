/** One subject on one fresh database with `count` places: every measurement once, in ms. Runs in Node and in a page. */
import type { CommonPowerSyncDatabase } from '@powersync/common'
import type { Place } from './schema.ts'
import type { Subject } from './subject.ts'

export type Measured = Record<string, number>

const countries = ['FR', 'DE', 'IN', 'US', 'BR']

/** Puts the places and countries into an empty database, as a download would. */
export async function fill(
  database: CommonPowerSyncDatabase,
  rows: readonly Place[],
): Promise<void> {
  const insert = (table: string, values: readonly { id: string }[]): Promise<unknown> =>
    database.execute(
      `INSERT INTO ps_data__${table}(id, data) SELECT value->>'id', value FROM json_each(?)`,
      [JSON.stringify(values)],
    )
  for (let start = 0; start < rows.length; start += 10_000) {
    await insert('places', rows.slice(start, start + 10_000))
  }
  await insert(
    'countries',
    [...new Set([...rows.map((row) => row.country), ...countries])].map((id) => ({
      id,
      name: id,
      note: '',
    })),
  )
}

export async function measure(
  subject: Subject,
  database: CommonPowerSyncDatabase,
  rows: readonly Place[],
): Promise<Measured> {
  const measured: Measured = {}
  const opened = await timed(measured, 'first read', () => subject.open(database))
  if (opened.size() !== rows.length) {
    throw new Error(`${subject.name} holds ${opened.size()} of ${rows.length} rows`)
  }

  const inserts: number[] = []
  for (let turn = 0; turn < 12; turn++) {
    const start = performance.now()
    await opened.insert(copy(rows[0]!))
    inserts.push(performance.now() - start)
  }
  measured['one insert'] = median(inserts.slice(2))

  await timed(measured, '1000 inserts', () =>
    opened.insertMany(Array.from({ length: 1000 }, () => copy(rows[0]!))),
  )

  const ids = rows.slice(0, 5000).map((row) => row.id)
  const update = `UPDATE places SET note = ? WHERE id IN (SELECT value FROM json_each(?))`
  for (const note of ['warm', 'outside']) {
    await timed(measured, 'outside write', () =>
      opened.outside(
        async () => void (await database.execute(update, [note, JSON.stringify(ids)])),
        { ids, note },
      ),
    )
  }

  if (rows.length <= 10_000) {
    const place = rows[0]!
    await opened.join(place.id)
    const times: number[] = []
    for (let turn = 0; turn < 7; turn++) {
      const note = `both ${turn}`
      const start = performance.now()
      await opened.outside(
        () =>
          database.writeTransaction(async (tx) => {
            await tx.execute('UPDATE places SET note = ? WHERE id = ?', [note, place.id])
            await tx.execute('UPDATE countries SET note = ? WHERE id = ?', [note, place.country])
          }),
        { ids: [place.id], country: place.country, note },
      )
      times.push(performance.now() - start)
    }
    measured['two tables'] = median(times.slice(2))
  }
  await opened.close()
  return measured
}

/** When the first places of a fresh database are held, and when all are. */
export async function measureFirstRows(
  subject: Subject,
  database: CommonPowerSyncDatabase,
): Promise<Measured> {
  const start = performance.now()
  const started = subject.start(database)
  await started.shown()
  const first = performance.now() - start
  await started.ready()
  return { 'first rows': first, 'rows after the first': performance.now() - start - first }
}

const writesWhileReading = 20

/**
 * Writes one row after the other while a collection reads the places of a fresh database. The first is made before
 * anything was read; the read goes on until long after the last or ends in between, which is as it is in an app.
 */
export async function measureWhileReading(
  subject: Subject,
  database: CommonPowerSyncDatabase,
  rows: readonly Place[],
): Promise<Measured> {
  const waits: number[] = []
  const started = subject.start(database)
  for (let turn = 0; turn < writesWhileReading; turn++) {
    const start = performance.now()
    await started.insert(copy(rows[0]!))
    waits.push(performance.now() - start)
  }
  await started.ready()
  return {
    'write during first read': waits[0]!,
    [`longest of ${writesWhileReading} such writes`]: Math.max(...waits),
  }
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)]!
}

/** In a country of its own, so that the join has the same rows for all subjects: the floor does not hold what it wrote. */
function copy(row: Place): Place {
  return { ...row, id: crypto.randomUUID(), country: 'ZZ' }
}

async function timed<T>(measured: Measured, name: string, run: () => Promise<T>): Promise<T> {
  const start = performance.now()
  const result = await run()
  measured[name] = performance.now() - start
  return result
}
