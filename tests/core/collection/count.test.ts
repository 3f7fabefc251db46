/** How many rows SQLite has for a condition, whatever the collection holds of them. */
import { count, createPowerSyncCollection, dateColumn } from '@rowsignal/core'
import { column, Schema, Table } from '@powersync/common'
import { and, eq, gt, ilike, localOnlyCollectionOptions, createCollection } from '@tanstack/db'
import { expect, onTestFinished, test } from 'vitest'
import { openDatabase } from '../../support/database.ts'
import { eventually } from '../../support/eventually.ts'
import { insertPlaces, openPlaces } from '../../support/places.ts'
import { logStatements } from '../../support/statements.ts'

test('counts without a row in memory, and again after each commit', async () => {
  const { database, places } = await openPlaces(1_000)
  const all = count(places)
  const some = count(places, (place) => and(eq(place.country, 'c1'), gt(place.population, 500)))
  expect(all.get()).toEqual({ count: undefined, isLoading: true, error: undefined })
  const seen: (number | undefined)[] = []
  onTestFinished(all.listen(() => undefined))
  onTestFinished(some.listen((value) => void seen.push(value.count)))
  await eventually(() => expect([all.get().count, some.get().count]).toEqual([1_000, 50]))
  await insertPlaces(database, 100, 1_000)
  await eventually(() => expect([all.get().count, some.get().count]).toEqual([1_100, 60]))
  await database.execute("UPDATE places SET name = 'x'")
  await database.execute('DELETE FROM places WHERE population > 1050')
  await eventually(() => expect([all.get().count, some.get().count]).toEqual([1_051, 55]))
  expect(seen).toEqual([50, 60, 55]) // an equal number is told once
  expect(places.size).toBe(0)
})

test('nothing is counted for nobody', async () => {
  const { database, places } = await openPlaces(10)
  const all = count(places)
  const stop = all.listen(() => undefined)
  await eventually(() => expect(all.get().count).toBe(10))
  stop()
  const log = await logStatements(database)
  await insertPlaces(database, 10, 10)
  expect(log.filter((sql) => sql.includes('count(*)'))).toEqual([])
  expect(all.get()).toMatchObject({ count: 10, isLoading: true })
  onTestFinished(all.listen(() => undefined))
  await eventually(() => expect(all.get()).toMatchObject({ count: 20, isLoading: false }))
})

test('a condition that SQLite can not check is counted rightly all the same', async () => {
  const schema = new Schema({ days: new Table({ name: column.text, day: column.text }) })
  const database = await openDatabase(schema)
  const days = createPowerSyncCollection({
    database,
    table: schema.props.days,
    syncMode: 'on-demand',
    columns: { day: dateColumn() },
  })
  await database.execute(
    "INSERT INTO days(id, name, day) VALUES ('a', 'ÉTÉ', '2026-01-01'), ('b', 'été', '2026-02-01 10:00:00+02'), ('c', 'hiver', 'nonsense')",
  )
  const named = count(days, (day) => ilike(day.name, 'éT%'))
  const late = count(days, (day) => gt(day.day, new Date('2026-01-15')))
  for (const one of [named, late]) onTestFinished(one.listen(() => undefined))
  await eventually(() => expect([named.get().count, late.get().count]).toEqual([2, 1]))
})

test('a database that closes is told', async () => {
  const { database, places } = await openPlaces(10)
  const all = count(places)
  onTestFinished(all.listen(() => undefined))
  await eventually(() => expect(all.get().count).toBe(10))
  await database.close()
  expect(all.get()).toMatchObject({ count: 10, error: { code: 'database-closed' } })
})

test('only a collection of ours can be counted', () => {
  const other = createCollection(
    localOnlyCollectionOptions({ getKey: (row: { id: string }) => row.id, initialData: [] }),
  )
  expect(() => count(other)).toThrow('not-a-powersync-collection')
})
