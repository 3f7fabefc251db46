/** What a demand reads, how often, and when it settles. */
import { transact } from '@rowsignal/core'
import { and, createTransaction, eq, gte, lt } from '@tanstack/db'
import { expect, test, vi } from 'vitest'
import { eventually } from '../../support/eventually.ts'
import { idOf, openPlaces, openQuery, type Places } from '../../support/places.ts'
import { logStatements } from '../../support/statements.ts'

const ofCountry = (places: Places, country: string) =>
  openQuery((q) => q.from({ place: places }).where(({ place }) => eq(place.country, country)))

const selects = (log: readonly string[]) => log.filter((sql) => sql.includes(' AS stored'))

test.each([0, 100])('a new demand reads only itself, with %i others', async (others) => {
  const { database, places } = await openPlaces(1_000)
  await ofCountry(places, 'c9').live.preload()
  for (let index = 0; index < others; index++) {
    await openQuery((q) =>
      q.from({ place: places }).where(({ place }) => eq(place.population, index)),
    ).live.preload()
  }
  const log = await logStatements(database)
  await ofCountry(places, 'c1').live.preload()
  expect(selects(log)).toHaveLength(2) // its rows, and what has changed meanwhile
  expect(log.filter((sql) => /TRIGGER/i.test(sql))).toEqual([])
})

test('equal demands share one read, whether it runs or is done', async () => {
  const { database, places } = await openPlaces(1_000)
  await ofCountry(places, 'c9').live.preload()
  const log = await logStatements(database)
  const queries = Array.from({ length: 5 }, () => ofCountry(places, 'c1'))
  await Promise.all(queries.map(({ live }) => live.preload()))
  const late = ofCountry(places, 'c1')
  await late.live.preload()
  for (const query of [...queries, late]) expect(query.ids()).toHaveLength(100)
  expect(selects(log)).toHaveLength(2)
  for (const query of queries) await query.close()
  await database.execute('DELETE FROM places WHERE population = 1')
  await eventually(() => expect(late.ids()).toHaveLength(99))
  expect(places.size).toBe(199)
})

test('a contained demand reads nothing, and keeps its rows when the other goes', async () => {
  const { database, places } = await openPlaces(1_000)
  const wide = ofCountry(places, 'c1')
  await wide.live.preload()
  const log = await logStatements(database)
  const narrow = openQuery((q) =>
    q
      .from({ place: places })
      .where(({ place }) => and(eq(place.country, 'c1'), lt(place.population, 100))),
  )
  await narrow.live.preload()
  expect(selects(log)).toEqual([])
  await wide.close()
  await eventually(() => expect(places.size).toBe(10))
  expect(narrow.ids()).toHaveLength(10)
})

test('a demand settles when its rows are visible, also behind a transaction that persists', async () => {
  const { places } = await openPlaces(1_000)
  const first = ofCountry(places, 'c9')
  await first.live.preload()
  let finish = (): void => undefined
  const slow = createTransaction({ mutationFn: () => new Promise<void>((done) => (finish = done)) })
  slow.mutate(() => places.update(idOf(9), (draft) => void (draft.name = 'slow')))
  const query = ofCountry(places, 'c1')
  const ready = vi.fn<() => void>()
  void query.live.preload().then(ready)
  await eventually(() => expect(places.utils.isHeld()).toBe(true)) // others no longer wait for it
  expect(ready).not.toHaveBeenCalled()
  finish()
  await eventually(() => expect(ready).toHaveBeenCalled())
  expect(query.ids()).toHaveLength(100)
})

test.each(Array.from({ length: 12 }, (_, index) => index))(
  'a demand that comes %i microtasks after another is covered',
  async (microtasks) => {
    const { places } = await openPlaces(200)
    const first = openQuery((q) =>
      q.from({ place: places }).where(({ place }) => lt(place.population, 10)),
    )
    await first.live.preload()
    for (let index = 0; index < microtasks; index++) await Promise.resolve()
    const second = openQuery((q) =>
      q
        .from({ place: places })
        .where(({ place }) => and(gte(place.population, 5), lt(place.population, 30))),
    )
    await second.live.preload()
    expect(second.ids()).toHaveLength(25)
    expect(places.size).toBe(30)
  },
)

test('writes to rows outside every demand, into one and out of one', async () => {
  const { database, places } = await openPlaces(100)
  const one = ofCountry(places, 'c1')
  await one.live.preload()
  const nameOf = async (id: string) =>
    (await database.getAll<{ country: string }>('SELECT country FROM places WHERE id = ?', [id]))[0]
      ?.country
  await places.insert({ id: 'outside', name: 'x', country: 'c5', population: 1 }).isPersisted
    .promise
  expect(await nameOf('outside')).toBe('c5')
  await eventually(() => expect(places.has('outside')).toBe(false))
  await places.insert({ id: 'inside', name: 'x', country: 'c1', population: 1 }).isPersisted.promise
  expect(one.ids()).toContain('inside')
  await places.update('inside', (draft) => void (draft.country = 'c2')).isPersisted.promise
  expect(await nameOf('inside')).toBe('c2')
  expect(one.ids()).not.toContain('inside')
  await eventually(() => expect(places.size).toBe(10))
  await transact(() => {
    places.insert({ id: 'a', name: 'x', country: 'c1', population: 1 })
    places.insert({ id: 'b', name: 'x', country: 'c3', population: 1 })
  }).isPersisted.promise
  expect(one.ids()).toContain('a')
  await eventually(() => expect([...places.keys()]).not.toContain('b'))
  await places.delete('a').isPersisted.promise
  expect(places.size).toBe(10)
})

test('a write of a collection of which nobody wants a row is persisted, and leaves', async () => {
  const { database, places } = await openPlaces(0)
  await places.insert({ id: 'alone', name: 'x', country: 'c5', population: 1 }).isPersisted.promise
  expect(await database.getAll('SELECT id FROM places')).toEqual([{ id: 'alone' }])
  await eventually(() => expect(places.size).toBe(0))
})

test.each(['fails', 'succeeds'] as const)(
  'a row that is being written stays until the write %s, and leaves then',
  async (end) => {
    const { places } = await openPlaces(100)
    const one = ofCountry(places, 'c1')
    await one.live.preload()
    const write = createTransaction({
      autoCommit: false,
      mutationFn: async () => {
        if (end === 'fails') throw new Error('refused')
      },
    })
    write.mutate(() => places.update(idOf(1), (draft) => void (draft.name = 'slow')))
    await one.close()
    await eventually(() => expect([...places.keys()]).toEqual([idOf(1)]))
    expect(places.get(idOf(1))?.name).toBe('slow')
    write.isPersisted.promise.catch(() => undefined)
    await write.commit().catch(() => undefined)
    await eventually(() => expect(places.size).toBe(0))
  },
)

test('a write whose last query goes is persisted all the same', async () => {
  const { database, places } = await openPlaces(100)
  const one = ofCountry(places, 'c1')
  await one.live.preload()
  const { isPersisted } = places.update(idOf(1), (draft) => void (draft.name = 'kept'))
  await one.close()
  await isPersisted.promise
  expect(await database.get('SELECT name FROM places WHERE id = ?', [idOf(1)])).toEqual({
    name: 'kept',
  })
  await eventually(() => expect(places.size).toBe(0))
})

test('rows stay for keepAliveMs, in step', async () => {
  const { database, places } = await openPlaces(100, { keepAliveMs: 300_000 })
  const one = ofCountry(places, 'c1')
  await one.live.preload()
  await one.close()
  await database.execute('DELETE FROM places WHERE id = ?', [idOf(1)])
  await eventually(() => expect(places.size).toBe(9))
  const log = await logStatements(database)
  const again = ofCountry(places, 'c1')
  await again.live.preload()
  expect(again.ids()).toHaveLength(9)
  expect(selects(log)).toEqual([])
  await places.cleanup()
})

test('a demand of many rows comes whole, by key', async () => {
  const { database, places } = await openPlaces(2_000, { syncBatchSize: 100 })
  const query = openQuery((q) =>
    q.from({ place: places }).where(({ place }) => gte(place.population, 500)),
  )
  await query.live.preload()
  expect(query.ids()).toHaveLength(1_500)
  await database.execute('DELETE FROM places')
  await eventually(() => expect(places.size).toBe(0))
})
