/** Joins, includes and groups over collections that hold what is asked for, beside others. */
import { and, count as countRows, createLiveQueryCollection, eq, gt, lt } from '@tanstack/db'
import { createPowerSyncCollection, liveQuery } from '@rowsignal/core'
import { expect, onTestFinished, test } from 'vitest'
import { z } from 'zod'
import { eventually } from '../../support/eventually.ts'
import {
  createPlaces,
  idOf,
  insertPlaces,
  openPlaces,
  openQuery,
  placesSchema,
} from '../../support/places.ts'
import { logStatements } from '../../support/statements.ts'

async function openNotes(options: Parameters<typeof openPlaces>[1] = {}) {
  const { database, places } = await openPlaces(2_000, options)
  await database.execute(
    `INSERT INTO notes(id, place_id, text)
     SELECT 'n' || value, printf('p%06d', value * 100), 'note ' || value FROM json_each('[0,1,2,3,4]')`,
  )
  const notes = createPowerSyncCollection({ database, table: placesSchema.props.notes })
  await notes.preload()
  return { database, places, notes }
}

test('a left join loads the rows that it joins, and those alone', async () => {
  const { database, places, notes } = await openNotes()
  const joined = liveQuery((q) =>
    q
      .from({ note: notes })
      .leftJoin({ place: places }, ({ note, place }) => eq(note.place_id, place.id))
      .select(({ note, place }) => ({ id: note.id, name: place.name })),
  )
  onTestFinished(joined.subscribe(() => undefined))
  await eventually(() =>
    expect(joined.toArray.map(({ name }) => name)).toEqual(
      [0, 1, 2, 3, 4].map((n) => `place ${n * 100}`),
    ),
  )
  expect([...places.keys()]).toEqual([0, 1, 2, 3, 4].map((n) => idOf(n * 100)))
  await database.writeTransaction(async (tx) => {
    await tx.execute(`INSERT INTO notes(id, place_id, text) VALUES ('n5', '${idOf(7)}', 'five')`)
    await tx.execute("UPDATE places SET name = 'renamed' WHERE population = 7")
  })
  await eventually(() => expect(joined.toArray.at(-1)?.name).toBe('renamed'))
  expect(places.size).toBe(6)
})

test('one commit is one change over eager and on-demand collections together', async () => {
  const { database, places, notes } = await openNotes()
  const joined = liveQuery((q) =>
    q
      .from({ note: notes })
      .leftJoin({ place: places }, ({ note, place }) => eq(note.place_id, place.id))
      .where(({ note }) => eq(note.id, 'n1'))
      .select(({ note, place }) => ({ id: note.id, text: note.text, name: place.name })),
  )
  const seen: string[] = []
  onTestFinished(
    joined.subscribe((rows) => {
      const [row] = rows
      if (row?.name !== undefined) seen.push(`${row.text}/${row.name}`)
    }),
  )
  await eventually(() => expect(seen).toEqual(['note 1/place 100']))
  for (const word of ['a', 'b', 'c']) {
    await database.writeTransaction(async (tx) => {
      await tx.execute("UPDATE notes SET text = ? WHERE id = 'n1'", [word])
      await tx.execute('UPDATE places SET name = ? WHERE population = 100', [word])
    })
  }
  await eventually(() => expect(seen.at(-1)).toBe('c/c'))
  for (const entry of seen.slice(1)) expect(['a/a', 'b/b', 'c/c']).toContain(entry)
})

test('a new demand shows no half of a commit', async () => {
  const { database, places, notes } = await openNotes()
  const second = createPlaces(database)
  const pair = liveQuery((q) =>
    q
      .from({ note: notes })
      .leftJoin({ place: places }, ({ note, place }) => eq(note.place_id, place.id))
      .where(({ note }) => eq(note.id, 'n1'))
      .select(({ note, place }) => ({ id: note.id, text: note.text, name: place.name })),
  )
  const seen: string[] = []
  onTestFinished(
    pair.subscribe(
      ([row]) => void (row?.name !== undefined && seen.push(`${row.text}/${row.name}`)),
    ),
  )
  await eventually(() => expect(seen).toHaveLength(1))
  for (let round = 0; round < 20; round++) {
    const written = database.writeTransaction(async (tx) => {
      await tx.execute("UPDATE notes SET text = ? WHERE id = 'n1'", [`w${round}`])
      await tx.execute('UPDATE places SET name = ? WHERE population = 100', [`w${round}`])
    })
    const other = openQuery((q) =>
      q.from({ place: second }).where(({ place }) => eq(place.population, 100)),
    )
    const same = openQuery((q) =>
      q.from({ place: places }).where(({ place }) => gt(place.population, 1_990 - round)),
    )
    await Promise.all([written, other.live.preload(), same.live.preload()])
    await Promise.all([other.close(), same.close()])
  }
  await eventually(() => expect(seen.at(-1)).toBe('w19/w19'))
  for (const entry of seen.slice(1)) {
    const [text, name] = entry.split('/')
    expect(name).toBe(text)
  }
})

test('a group loads what its condition takes', async () => {
  const { database, places } = await openPlaces(1_000)
  const groups = createLiveQueryCollection((q) =>
    q
      .from({ place: places })
      .where(({ place }) => lt(place.population, 50))
      .groupBy(({ place }) => place.country)
      .select(({ place }) => ({ country: place.country, rows: countRows(place.id) })),
  )
  onTestFinished(() => groups.cleanup())
  await groups.preload()
  expect(groups.toArray.map(({ rows }) => rows)).toEqual(Array.from({ length: 10 }, () => 5))
  expect(places.size).toBe(50)
  await insertPlaces(database, 500, 1_000)
  await database.execute('DELETE FROM places WHERE population < 10')
  await eventually(() =>
    expect(groups.toArray.map(({ rows }) => rows)).toEqual(Array.from({ length: 10 }, () => 4)),
  )
})

test('children of each row are loaded by their parents', async () => {
  const { places, notes } = await openNotes()
  const trees = createLiveQueryCollection((q) =>
    q.from({ note: notes }).select(({ note }) => ({
      id: note.id,
      places: q
        .from({ place: places })
        .where(({ place }) => eq(place.id, note.place_id))
        .select(({ place }) => ({ id: place.id, name: place.name })),
    })),
  )
  onTestFinished(() => trees.cleanup())
  await trees.preload()
  await eventually(() => expect(places.size).toBe(5))
})

test('a new schema is followed with the demands that there are', async () => {
  const { database, places } = await openPlaces(100)
  const query = openQuery((q) =>
    q.from({ place: places }).where(({ place }) => eq(place.country, 'c1')),
  )
  await query.live.preload()
  await database.updateSchema(placesSchema)
  await database.execute("INSERT INTO places(id, country) VALUES ('new', 'c1'), ('other', 'c2')")
  await eventually(() => expect(query.ids()).toContain('new'))
  expect(places.size).toBe(11)
})

test('a clear empties the collection, and what comes then is shown', async () => {
  const { database, places } = await openPlaces(100)
  const query = openQuery((q) =>
    q.from({ place: places }).where(({ place }) => eq(place.country, 'c1')),
  )
  await query.live.preload()
  await database.disconnectAndClear()
  await eventually(() => expect(places.size).toBe(0))
  await insertPlaces(database, 300)
  await eventually(() => expect(query.ids()).toHaveLength(30))
  expect(places.size).toBe(30)
})

test('a restart reads what is asked for anew', async () => {
  const { places } = await openPlaces(100)
  for (let round = 0; round < 3; round++) {
    const query = openQuery((q) =>
      q.from({ place: places }).where(({ place }) => eq(place.country, 'c1')),
    )
    await query.live.preload()
    expect(places.size).toBe(10)
    await query.close()
    await places.cleanup()
    expect(places.size).toBe(0)
  }
})

test('with a schema of the app SQLite has the conditions on columns that are said to be plain', async () => {
  const { database } = await openPlaces(1_000)
  const schema = z.object({
    id: z.string(),
    name: z.string().transform((name) => name.toUpperCase()),
    country: z.string(),
    population: z.number(),
  })
  const open = (plainColumns: readonly ('country' | 'population')[]) =>
    createPowerSyncCollection({
      database,
      table: placesSchema.props.places,
      syncMode: 'on-demand',
      schema,
      plainColumns,
    })
  for (const plainColumns of [[], ['country', 'population']] as const) {
    const places = open(plainColumns)
    const log = await logStatements(database)
    const query = openQuery((q) =>
      q
        .from({ place: places })
        .where(({ place }) => and(eq(place.country, 'c1'), eq(place.name, 'PLACE 11'))),
    )
    await query.live.preload()
    expect(query.ids()).toEqual([idOf(11)])
    expect(places.size).toBe(1)
    const isPushed = log.some((sql) => sql.includes("'$.country'"))
    expect(isPushed).toBe(plainColumns.length > 0)
    expect(log.some((sql) => sql.includes("'$.name'"))).toBe(false)
    log.stop()
  }
})

test('a plain column that is none is refused', async () => {
  const { database } = await openPlaces(0)
  const create = () =>
    createPowerSyncCollection({
      database,
      table: placesSchema.props.places,
      schema: z.object({ id: z.string() }),
      plainColumns: ['nowhere' as never],
    })
  expect(create).toThrow('column-not-in-schema')
})
