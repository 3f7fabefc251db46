/** What a read for one demand says of the rows that others have. */
import { createPowerSyncCollection } from '@rowsignal/core'
import { createTransaction, eq, lt } from '@tanstack/db'
import { expect, test } from 'vitest'
import { eventually } from '../../support/eventually.ts'
import { idOf, openPlaces, openQuery, type Places, placesSchema } from '../../support/places.ts'
import { logStatements } from '../../support/statements.ts'

const ofCountry = (places: Places, country: string) =>
  openQuery((q) => q.from({ place: places }).where(({ place }) => eq(place.country, country)))

test('a row that moves while it is read for a new demand leaves the one that had it', async () => {
  const { database, places } = await openPlaces(100)
  const one = ofCountry(places, 'c1')
  const low = openQuery((q) =>
    q.from({ place: places }).where(({ place }) => lt(place.population, 50)),
  )
  await Promise.all([one.live.preload(), low.live.preload()])
  for (const index of [11, 21, 31, 71]) {
    const country = `to ${index}`
    const moved = database.execute('UPDATE places SET country = ? WHERE id = ?', [
      country,
      idOf(index),
    ])
    const other = ofCountry(places, country)
    await Promise.all([moved, other.live.preload()])
    await eventually(() => expect(other.ids()).toEqual([idOf(index)]))
    await eventually(() => expect(one.ids()).not.toContain(idOf(index)))
    expect(low.ids().includes(idOf(index))).toBe(index < 50)
    await other.close()
    await eventually(() => expect(places.has(idOf(index))).toBe(index < 50))
  }
})

test('rows of several demands stay until the last of them goes', async () => {
  const { places } = await openPlaces(100)
  const low = openQuery((q) =>
    q.from({ place: places }).where(({ place }) => lt(place.population, 50)),
  )
  const one = ofCountry(places, 'c1')
  await Promise.all([low.live.preload(), one.live.preload()]) // in one lock
  const two = ofCountry(places, 'c2')
  await two.live.preload() // some of its rows are there
  await low.close()
  await eventually(() => expect(places.size).toBe(20))
  expect(two.ids()).toHaveLength(10)
  await two.close()
  await eventually(() => expect(places.size).toBe(10))
  expect(one.ids()).toHaveLength(10)
})

test('rows that were read for a demand that is given up before they are shown do not come', async () => {
  const { database, places } = await openPlaces(100)
  const notes = createPowerSyncCollection({ database, table: placesSchema.props.notes })
  await Promise.all([notes.preload(), ofCountry(places, 'c2').live.preload()])
  let finish = (): void => undefined
  const slow = createTransaction({ mutationFn: () => new Promise<void>((done) => (finish = done)) })
  slow.mutate(() => notes.insert({ id: 'slow', place_id: null, text: null }))
  await database.execute("INSERT INTO notes(id) VALUES ('waits')") // and so do all tables
  const log = await logStatements(database)
  const given = ofCountry(places, 'c1')
  void given.live.preload().catch(() => undefined)
  await eventually(() => expect(log.some((sql) => sql.includes(' AS stored'))).toBe(true))
  await database.writeLock(async () => undefined)
  await given.close()
  finish()
  await slow.isPersisted.promise
  await eventually(() => expect(notes.has('waits')).toBe(true))
  expect(places.size).toBe(10)
})
