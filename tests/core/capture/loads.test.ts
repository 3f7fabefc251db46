/** Collections that hold what queries ask for: whose rows come, go and change with them. */
import { and, eq, gte, inArray, lt } from '@tanstack/db'
import { expect, test } from 'vitest'
import { eventually } from '../../support/eventually.ts'
import { createPlaces, idOf, insertPlaces, openPlaces, openQuery } from '../../support/places.ts'
import { logStatements } from '../../support/statements.ts'
import { trackingObjects } from '../../support/todos.ts'

const range = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, index) => idOf(from + index))

test('a collection holds the rows that its queries want, and no others', async () => {
  const { places } = await openPlaces(1_000)
  expect(places.size).toBe(0)
  const low = openQuery((q) =>
    q.from({ place: places }).where(({ place }) => lt(place.population, 10)),
  )
  const mid = openQuery((q) =>
    q
      .from({ place: places })
      .where(({ place }) => and(gte(place.population, 5), lt(place.population, 15))),
  )
  await Promise.all([low.live.preload(), mid.live.preload()])
  expect(low.ids()).toEqual(range(0, 10))
  expect(mid.ids()).toEqual(range(5, 15))
  expect([...places.keys()]).toEqual(range(0, 15))
  await low.close()
  await eventually(() => expect([...places.keys()]).toEqual(range(5, 15)))
  await mid.close()
  await eventually(() => expect(places.size).toBe(0))
})

test('after the last query nothing is left in SQLite, and a new one starts again', async () => {
  const { database, places } = await openPlaces(100)
  for (let round = 0; round < 2; round++) {
    const query = openQuery((q) =>
      q.from({ place: places }).where(({ place }) => eq(place.country, 'c3')),
    )
    await query.live.preload()
    expect(query.ids()).toHaveLength(10)
    expect(await trackingObjects(database)).not.toEqual([])
    await query.close()
    await eventually(async () => expect(await trackingObjects(database)).toEqual([]))
    await eventually(() => expect(places.size).toBe(0))
    expect(places.status).toBe('ready')
  }
})

test('a row that moves in, out or between reaches the queries that want it', async () => {
  const { database, places } = await openPlaces(100)
  const of = (country: string) =>
    openQuery((q) => q.from({ place: places }).where(({ place }) => eq(place.country, country)))
  const [one, two] = [of('c1'), of('c2')]
  await Promise.all([one.live.preload(), two.live.preload()])
  const move = (id: string, country: string) =>
    database.execute('UPDATE places SET country = ? WHERE id = ?', [country, id])
  await move(idOf(3), 'c1') // in
  await eventually(() => expect(one.ids()).toContain(idOf(3)))
  await move(idOf(3), 'c2') // between
  await eventually(() => expect(two.ids()).toContain(idOf(3)))
  expect(one.ids()).not.toContain(idOf(3))
  await move(idOf(3), 'c9') // out
  await eventually(() => expect(two.ids()).not.toContain(idOf(3)))
  expect(places.has(idOf(3))).toBe(false)
  await database.execute('DELETE FROM places WHERE id = ?', [idOf(11)])
  await eventually(() => expect(one.ids()).not.toContain(idOf(11)))
  await database.execute("INSERT INTO places(id, country) VALUES ('new', 'c1'), ('other', 'c7')")
  await eventually(() => expect(one.ids()).toContain('new'))
  expect(places.has('other')).toBe(false)
})

test('a large commit brings the rows that are wanted', async () => {
  const { database, places } = await openPlaces(1_000)
  const query = openQuery((q) =>
    q.from({ place: places }).where(({ place }) => eq(place.country, 'c1')),
  )
  await query.live.preload()
  await insertPlaces(database, 1_000, 1_000)
  await eventually(() => expect(query.ids()).toHaveLength(200))
  expect(places.size).toBe(200)
  await database.execute("UPDATE places SET country = 'c2' WHERE population % 20 = 1")
  await eventually(() => expect(query.ids()).toHaveLength(100))
  await database.execute("UPDATE places SET name = 'x'")
  await eventually(() =>
    expect(query.live.toArray.every((row) => (row as { name?: unknown }).name === 'x')).toBe(true),
  )
  await database.execute('DELETE FROM places')
  await eventually(() => expect(places.size).toBe(0))
})

test('more demands make no other trigger', async () => {
  const { database, places } = await openPlaces(1_000)
  const first = openQuery((q) =>
    q.from({ place: places }).where(({ place }) => eq(place.country, 'c1')),
  )
  await first.live.preload()
  const before = await trackingObjects(database)
  for (let index = 0; index < 20; index++) {
    const query = openQuery((q) =>
      q
        .from({ place: places })
        .where(({ place }) => inArray(place.id, [idOf(index), idOf(500 + index)])),
    )
    await query.live.preload()
    expect(query.ids()).toEqual([idOf(index), idOf(500 + index)])
  }
  expect(await trackingObjects(database)).toEqual(before)
})

test('two collections of one table hold what each is asked for', async () => {
  const { database, places } = await openPlaces(100)
  const others = createPlaces(database)
  const one = openQuery((q) =>
    q.from({ place: places }).where(({ place }) => eq(place.country, 'c1')),
  )
  const two = openQuery((q) =>
    q.from({ place: others }).where(({ place }) => eq(place.country, 'c2')),
  )
  await Promise.all([one.live.preload(), two.live.preload()])
  await one.close()
  await eventually(() => expect(places.size).toBe(0))
  await database.execute("INSERT INTO places(id, country) VALUES ('new', 'c2')")
  await eventually(() => expect(two.ids()).toContain('new'))
  expect(others.size).toBe(11)
})

test.each([
  ['is refused', (sql: string) => sql.includes('recorded.id IN (SELECT value')],
  ['can not forget its records', (sql: string) => sql.startsWith('DELETE FROM "rowsignal_')],
])('a large commit whose drain %s is made good', async (_, fails) => {
  const { database, places } = await openPlaces(1_000)
  const query = openQuery((q) =>
    q.from({ place: places }).where(({ place }) => eq(place.country, 'c1')),
  )
  const window = openQuery((q) =>
    q
      .from({ place: places })
      .orderBy(({ place }) => place.population, 'desc')
      .limit(5),
  )
  await Promise.all([query.live.preload(), window.live.preload()])
  let failed = 0
  await logStatements(database, (sql) => fails(sql) && failed++ < 1)
  await insertPlaces(database, 1_000, 1_000)
  await eventually(() => expect(failed).toBeGreaterThan(0))
  await eventually(() => expect(query.ids()).toHaveLength(200))
  await eventually(() => expect(window.ids()).toEqual(range(1_995, 2_000).toReversed()))
  // 0.9 asks for the whole source when a row goes that a window has seen.
  if (process.env['TANSTACK_DB'] !== '0.9') expect(places.size).toBeLessThan(230)
})
