/** Collections that hold first what queries ask for, and then the whole table. */
import { eq } from '@tanstack/db'
import { expect, test } from 'vitest'
import { eventually } from '../../support/eventually.ts'
import { insertPlaces, openPlaces, openQuery, type Places } from '../../support/places.ts'
import { logStatements } from '../../support/statements.ts'

const ofCountry = (places: Places, country: string) =>
  openQuery((q) => q.from({ place: places }).where(({ place }) => eq(place.country, country)))

test('what is asked for comes first, the rest of the table after it', async () => {
  const { places } = await openPlaces(5_000, { syncMode: 'progressive' })
  const query = ofCountry(places, 'c1')
  await query.live.preload()
  expect(query.ids()).toHaveLength(500)
  expect(places.size).toBeLessThan(5_000)
  await eventually(() => expect(places.size).toBe(5_000))
})

test('when the whole table is there, a query reads nothing, and rows stay', async () => {
  const { database, places } = await openPlaces(2_000, { syncMode: 'progressive' })
  places.startSyncImmediate()
  await eventually(() => expect(places.size).toBe(2_000))
  const log = await logStatements(database)
  const query = ofCountry(places, 'c1')
  await query.live.preload()
  expect(query.ids()).toHaveLength(200)
  expect(log).toHaveLength(0)
  await query.close()
  await database.execute("UPDATE places SET country = 'c1' WHERE population = 2")
  await eventually(() =>
    expect([...places.values()].filter(({ country }) => country === 'c1')).toHaveLength(201),
  )
  expect(places.size).toBe(2_000)
})

test('changes that come while the table is read are not lost', async () => {
  const { database, places } = await openPlaces(5_000, { syncMode: 'progressive' })
  const query = ofCountry(places, 'c1')
  await query.live.preload()
  for (let index = 0; index < 10; index++) {
    await database.execute('DELETE FROM places WHERE population = ?', [index * 450 + 3])
    await insertPlaces(database, 200, 5_000 + index * 200)
    await database.execute("UPDATE places SET name = 'x' WHERE population % 10 = ?", [index])
  }
  await eventually(() => expect(places.size).toBe(6_990))
  await eventually(() => {
    const old = [...places.values()].filter(
      ({ name, population }) => population! < 5_000 && name !== 'x',
    )
    expect(old).toEqual([])
  })
})

test('a write to a row that is not there yet', async () => {
  const { database, places } = await openPlaces(3_000, { syncMode: 'progressive' })
  const query = ofCountry(places, 'c1')
  await query.live.preload()
  await places.insert({ id: 'mine', name: 'x', country: 'c9', population: -1 }).isPersisted.promise
  await database.execute('DELETE FROM places WHERE population < 0')
  await eventually(() => expect(places.size).toBe(3_000))
  expect(places.has('mine')).toBe(false)
})

test('a large delete and a new schema after the whole table is there', async () => {
  const { database, places } = await openPlaces(1_000, { syncMode: 'progressive' })
  places.startSyncImmediate()
  await eventually(() => expect(places.size).toBe(1_000))
  await database.execute('DELETE FROM places WHERE population < 500')
  await eventually(() => expect(places.size).toBe(500))
  await database.updateSchema(database.schema)
  await insertPlaces(database, 10, 2_000)
  await eventually(() => expect(places.size).toBe(510))
})
