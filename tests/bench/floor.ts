/**
 * The least that a collection over PowerSync can cost: the rows as one JSON string, @tanstack/db alone holding them,
 * and bare SQLite for the writes. No change is noticed here; the rows that changed are known.
 */
import type { CommonPowerSyncDatabase } from '@powersync/common'
import type { SyncConfig } from '@tanstack/db'
import { createCollection, createLiveQueryCollection, createTransaction, eq } from '@tanstack/db'
import type { Place } from './schema.ts'
import type { Opened, Subject } from './subject.ts'

interface Row {
  id: string
  note: string
  country: string
}

type Sync = Parameters<SyncConfig<Row, string>['sync']>[0]

function hold() {
  let sync: Sync | undefined
  const collection = createCollection<Row, string>({
    getKey: (row) => row.id,
    startSync: true,
    sync: {
      rowUpdateMode: 'full',
      sync: (parameters) => {
        sync = parameters
      },
    },
  })
  // As updates and in chunks: for 100k rows as inserts in one commit @tanstack/db 0.15.2 takes twice as long.
  const apply = (rows: Row[]): void => {
    for (let start = 0; start < rows.length; start += 10_000) {
      sync?.begin()
      for (const value of rows.slice(start, start + 10_000)) sync?.write({ type: 'update', value })
      void sync?.commit()
    }
  }
  return { collection, apply, ready: () => sync?.markReady() }
}

async function read(
  database: CommonPowerSyncDatabase,
  table: string,
  ids?: readonly string[],
): Promise<Row[]> {
  const where = ids === undefined ? '' : 'WHERE id IN (SELECT value FROM json_each(?))'
  const { json } = await database.writeLock((lock) =>
    lock.get<{ json: string }>(
      `SELECT json_group_array(json_array(id, json(data))) AS json FROM (SELECT id, data FROM ps_data__${table} ${where} ORDER BY id)`,
      ids === undefined ? [] : [JSON.stringify(ids)],
    ),
  )
  const stored = JSON.parse(json) as [string, Row][]
  return stored.map(([id, data]) => ({ ...data, id }))
}

function insertSql(columns: readonly string[]): string {
  return `INSERT INTO places(${columns.join()}) VALUES (${columns.map(() => '?').join()})`
}

async function insert(database: CommonPowerSyncDatabase, row: Place): Promise<void> {
  await database.writeTransaction((tx) =>
    tx.execute(insertSql(Object.keys(row)), Object.values(row)),
  )
}

export const floor: Subject = {
  name: 'floor',
  async open(database): Promise<Opened> {
    const places = hold()
    const countries = hold()
    for (const [table, held] of Object.entries({ places, countries })) {
      held.apply(await read(database, table))
      held.ready()
    }
    let joined = false

    return {
      size: () => places.collection.size,
      insert: (row) => insert(database, row),
      async update(id, note) {
        await database.writeTransaction((tx) =>
          tx.execute('UPDATE places SET note = ? WHERE id = ?', [note, id]),
        )
      },
      async insertMany(rows) {
        await database.writeTransaction((tx) =>
          tx.executeBatch(insertSql(Object.keys(rows[0]!)), rows.map(Object.values)),
        )
      },
      async join() {
        joined = true
        const join = createLiveQueryCollection((q) =>
          q
            .from({ place: places.collection })
            .innerJoin({ country: countries.collection }, ({ place, country }) =>
              eq(place.country, country.id),
            )
            .select(({ place, country }) => ({
              id: place.id,
              note: place.note,
              country: country.note,
            })),
        )
        join.subscribeChanges(() => undefined)
        await join.preload()
      },
      async outside(write, { ids, country }) {
        await write()
        const changed = await read(database, 'places', ids)
        if (!joined || country === undefined) return places.apply(changed)
        const changedCountries = await read(database, 'countries', [country])
        const together = createTransaction({ autoCommit: false, mutationFn: async () => {} })
        together.mutate(() => {
          places.apply(changed)
          countries.apply(changedCountries)
        })
        await together.commit()
      },
      close: async () => {
        await Promise.all([places.collection.cleanup(), countries.collection.cleanup()])
      },
    }
  },
  start(database) {
    const places = hold()
    const ready = read(database, 'places').then(places.apply)
    return { insert: (row) => insert(database, row), shown: () => ready, ready: () => ready }
  },
}
