/** What is left of demands whose table, or rows, could not be read. */
import { eq, gte } from '@tanstack/db'
import { expect, test } from 'vitest'
import { eventually } from '../../support/eventually.ts'
import { createPlaces, idOf, openPlaces, openQuery, type Places } from '../../support/places.ts'
import { logStatements } from '../../support/statements.ts'
import { trackingObjects } from '../../support/todos.ts'

const ofCountry = (places: Places, country: string) =>
  openQuery((q) => q.from({ place: places }).where(({ place }) => eq(place.country, country)))

const ofRecords = (sql: string): boolean => sql.includes('AS changed')
const ofRows = (sql: string): boolean => sql.includes(' AS stored') && !ofRecords(sql)

test('the only demand fails: nothing of it is left in SQLite, and nobody need ask again', async () => {
  const { database, places } = await openPlaces(100)
  const log = await logStatements(database, ofRows)
  const query = ofCountry(places, 'c1')
  await expect(query.live.preload()).rejects.toThrow('injected')
  log.stop()
  await eventually(async () => expect(await trackingObjects(database)).toEqual([]))
  expect(places.status).toBe('ready')
  expect(places.size).toBe(0)
  await query.close()
})

test('a later chunk fails: the rows of those before it leave', async () => {
  const { database, places } = await openPlaces(100, { syncBatchSize: 10 })
  await ofCountry(places, 'c1').live.preload()
  let chunks = 0
  const log = await logStatements(database, (sql) => ofRows(sql) && ++chunks > 3)
  const query = openQuery((q) =>
    q.from({ place: places }).where(({ place }) => gte(place.population, 10)),
  )
  await expect(query.live.preload()).rejects.toThrow('injected')
  log.stop()
  await eventually(() => expect(places.size).toBe(10))
})

test('a demand that was shown and cannot be read anew is not forgotten', async () => {
  const { database, places } = await openPlaces(100)
  const one = ofCountry(places, 'c1')
  await one.live.preload()
  const log = await logStatements(database, (sql) => ofRecords(sql) || ofRows(sql))
  await database.execute("INSERT INTO places(id, country) VALUES ('new', 'c1')")
  await eventually(() => expect(places.status).toBe('error'))
  log.stop()
  places.utils.retry()
  await eventually(() => expect(places.status).toBe('ready'))
  expect(places.size).toBe(11)
  await one.close()
  await eventually(() => expect(places.size).toBe(0))
  expect(await trackingObjects(database)).toEqual([])
})

test('a collection in error of which nobody wants a row any more is none', async () => {
  const { database, places } = await openPlaces(100)
  const one = ofCountry(places, 'c1')
  await one.live.preload()
  const log = await logStatements(database, (sql) => ofRecords(sql) || ofRows(sql))
  await database.execute("INSERT INTO places(id, country) VALUES ('new', 'c1')")
  await eventually(() => expect(places.status).toBe('error'))
  log.stop()
  await one.close()
  await eventually(() => expect(places.status).toBe('ready'))
  expect(places.utils.error).toBeUndefined()
  await eventually(() => expect(places.size).toBe(0))
  const again = ofCountry(places, 'c1')
  await again.live.preload()
  expect(again.ids()).toHaveLength(11)
})

test('after a lost answer a progressive collection has the whole table again', async () => {
  const { database } = await openPlaces(500)
  const places = createPlaces(database, { syncMode: 'progressive' })
  places.startSyncImmediate()
  await eventually(() => expect(places.size).toBe(500))
  let least = places.size
  places.subscribeChanges(() => void (least = Math.min(least, places.size)), {
    includeInitialState: false,
  })
  let fails = true
  const log = await logStatements(database, (sql) => {
    const failed = fails && ofRecords(sql)
    if (failed) fails = false
    return failed
  })
  await database.execute('DELETE FROM places WHERE id = ?', [idOf(7)])
  await eventually(() => expect(places.size).toBe(499))
  log.stop()
  expect(least).toBe(499)
  await database.execute("INSERT INTO places(id, country) VALUES ('new', 'c1')")
  await eventually(() => expect(places.has('new')).toBe(true))
})
