/** Queries of the first rows of an order over a table that is larger than what is shown. */
import { createPowerSyncCollection, jsonColumn } from '@rowsignal/core'
import { createLiveQueryCollection, gt, lt } from '@tanstack/db'
import { expect, test, vi } from 'vitest'
import { eventually } from '../../support/eventually.ts'
import { idOf, insertPlaces, openPlaces, openQuery, placesSchema } from '../../support/places.ts'

const range = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, index) => idOf(from + index))
const down = (from: number, to: number) => range(to + 1, from + 1).toReversed()

test('a window reads its rows and no others', async () => {
  const { places } = await openPlaces(5_000)
  const query = openQuery((q) =>
    q
      .from({ place: places })
      .orderBy(({ place }) => place.population, 'desc')
      .limit(10),
  )
  await query.live.preload()
  expect(query.ids()).toEqual(down(4_999, 4_989))
  expect(places.size).toBe(10)
})

test('rows that arrive outside a window bring none into memory', async () => {
  const { database, places } = await openPlaces(5_000)
  const query = openQuery((q) =>
    q
      .from({ place: places })
      .orderBy(({ place }) => place.population)
      .limit(10),
  )
  await query.live.preload()
  await insertPlaces(database, 1_000, 5_000)
  await database.execute("INSERT INTO places(id, population) VALUES ('in', 3)")
  await eventually(() => expect(query.ids()).toContain('in'))
  expect(query.ids()).toHaveLength(10)
  expect(places.size).toBe(11)
  for (let index = 0; index < 20; index++) await insertPlaces(database, 1, 7_000 + index)
  await database.execute("UPDATE places SET name = 'seen' WHERE id = 'in'")
  await eventually(() => expect(places.get('in')?.name).toBe('seen'))
  expect(places.size).toBe(11)
})

test.each(['asc', 'desc'] as const)(
  'a window that is not full takes what arrives, up to its size (%s)',
  async (direction) => {
    const { database, places } = await openPlaces(3)
    const query = openQuery((q) =>
      q
        .from({ place: places })
        .orderBy(({ place }) => place.population, direction)
        .limit(10),
    )
    await query.live.preload()
    expect(query.ids()).toHaveLength(3)
    await insertPlaces(database, 2_000, 3)
    await eventually(() =>
      expect(query.ids()).toEqual(direction === 'asc' ? range(0, 10) : down(2_002, 1_992)),
    )
    expect(places.size).toBeLessThanOrEqual(13)
  },
)

test('rows that leave a window are made up for', async () => {
  const { database, places } = await openPlaces(2_000)
  const query = openQuery((q) =>
    q
      .from({ place: places })
      .where(({ place }) => gt(place.population, 99))
      .orderBy(({ place }) => place.population)
      .limit(10),
  )
  await query.live.preload()
  await database.execute('DELETE FROM places WHERE population BETWEEN 100 AND 104')
  await eventually(() => expect(query.ids()).toEqual(range(105, 115)))
  await database.execute(
    'UPDATE places SET population = 100000 WHERE population BETWEEN 105 AND 108',
  )
  await eventually(() => expect(query.ids()).toEqual(range(109, 119)))
  await database.execute('UPDATE places SET population = 5 WHERE population < 112')
  await eventually(() => expect(query.ids()).toEqual(range(112, 122)))
})

test('the next pages are read by cursor', async () => {
  const { places } = await openPlaces(2_000)
  const live = createLiveQueryCollection({
    query: (q) =>
      q
        .from({ place: places })
        .orderBy(({ place }) => place.population)
        .limit(10),
    gcTime: 1,
  })
  live.subscribeChanges(() => undefined)
  await live.preload()
  for (let page = 2; page < 6; page++) {
    await live.utils.setWindow({ offset: 0, limit: page * 10 })
    expect(live.toArray.map(({ id }) => id)).toEqual(range(0, page * 10))
    expect(places.size).toBeLessThanOrEqual(page * 10 + 1)
  }
})

test('an empty table, a limit of none', async () => {
  const { database, places } = await openPlaces(0)
  const query = openQuery((q) =>
    q
      .from({ place: places })
      .orderBy(({ place }) => place.name)
      .limit(2),
  )
  await query.live.preload()
  expect(query.ids()).toEqual([])
  await insertPlaces(database, 5)
  await eventually(() => expect(query.ids()).toEqual(range(0, 2)))
})

/** Long enough for what is asked for in answer to have been read. */
const turns = async (count: number): Promise<void> => {
  for (let turn = 0; turn < count; turn++) await new Promise((next) => setImmediate(next))
}

test('a query beside a window comes and goes, and the window loads no more than it shows', async () => {
  const { database, places } = await openPlaces(5_000)
  const window = openQuery((q) =>
    q
      .from({ place: places })
      .orderBy(({ place }) => place.population)
      .limit(10),
  )
  await window.live.preload()
  let most = 0
  places.subscribeChanges(() => void (most = Math.max(most, places.size)))
  for (let round = 0; round < 3; round++) {
    const beside = openQuery((q) =>
      q.from({ place: places }).where(({ place }) => lt(place.population, 30 + round)),
    )
    await beside.live.preload()
    await beside.close()
    await turns(200)
    await insertPlaces(database, 1, 10_000 + round)
    await database.execute("UPDATE places SET name = 'seen' WHERE population = 20")
    expect(window.ids()).toEqual(range(0, 10))
  }
  expect(most).toBeLessThan(50)
  await window.close()
  await eventually(() => expect(places.size).toBe(0))
})

test('rows that keep arriving at the front shift a window, and do not pile up', async () => {
  const { database, places } = await openPlaces(1_000)
  const window = openQuery((q) =>
    q
      .from({ place: places })
      .orderBy(({ place }) => place.population, 'desc')
      .limit(10),
  )
  await window.live.preload()
  for (let round = 0; round < 8; round++) {
    await insertPlaces(database, 80, 1_000 + round * 80)
    const last = 1_079 + round * 80
    await eventually(() => expect(window.ids()).toEqual(down(last, last - 10)))
  }
  await insertPlaces(database, 5_000, 2_000)
  await eventually(() => expect(window.ids()).toEqual(down(6_999, 6_989)))
  expect(places.size).toBeLessThan(process.env['TANSTACK_DB'] === '0.9' ? 800 : 250) // 0.9 keeps what a window has seen
})

test.each([
  ['lexical', {}, ['B', 'a', 'Ä']],
  ['locale', { defaultStringCollation: { stringSort: 'locale' } }, ['a', 'Ä', 'B']],
] as const)('text is in %s order', async (_, options, names) => {
  const { database, places } = await openPlaces(0, options)
  await database.execute("INSERT INTO places(id, name) VALUES ('1', 'a'), ('2', 'B'), ('3', 'Ä')")
  const query = openQuery((q) =>
    q
      .from({ place: places })
      .orderBy(({ place }) => place.name)
      .limit(3),
  )
  await query.live.preload()
  expect(query.ids().map((id) => places.get(id)?.name)).toEqual(names)
})

test('a limit that SQLite can not keep over many rows is told once', async () => {
  const { database, places } = await openPlaces(11_000, {
    defaultStringCollation: { stringSort: 'locale' },
  })
  const log = vi.spyOn(database.logger, 'log')
  const ask = async (limit: number) => {
    const query = openQuery((q) =>
      q
        .from({ place: places })
        .orderBy(({ place }) => place.name)
        .limit(limit),
    )
    await query.live.preload()
    expect(query.ids()).toHaveLength(limit)
  }
  await ask(5)
  await ask(6)
  const told = log.mock.calls.filter(([{ message }]) => message.includes('limit-not-pushed'))
  expect(told).toHaveLength(1)
})

test('bad rows take no place in a window', async () => {
  const { database } = await openPlaces(0)
  await insertPlaces(database, 200)
  await database.execute("UPDATE places SET name = iif(population < 95, '{', '1')")
  const places = createPowerSyncCollection({
    database,
    table: placesSchema.props.places,
    syncMode: 'on-demand',
    columns: { name: jsonColumn() },
  })
  const query = openQuery((q) =>
    q
      .from({ place: places })
      .orderBy(({ place }) => place.population)
      .limit(10),
  )
  await query.live.preload()
  expect(query.ids()).toEqual(range(95, 105))
  // A large commit, after which the window is read again: of the rows before it all are bad ones.
  await database.execute(
    `INSERT INTO places(id, name, population)
     SELECT 'n' || value, iif(value < 150, '{', '1'), value - 200
     FROM (WITH RECURSIVE n(value) AS (SELECT 0 UNION ALL SELECT value + 1 FROM n WHERE value < 159) SELECT value FROM n)`,
  )
  const news = Array.from({ length: 10 }, (_, index) => `n${150 + index}`)
  await eventually(() => expect(query.ids()).toEqual(news))
})
