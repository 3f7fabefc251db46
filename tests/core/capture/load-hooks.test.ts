/** `onLoadSubset`, demands that fail, and the ends of both. */
import { eq } from '@tanstack/db'
import { expect, onTestFinished, test, vi } from 'vitest'
import { eventually } from '../../support/eventually.ts'
import { openPlaces, openQuery, type Places } from '../../support/places.ts'
import { logStatements } from '../../support/statements.ts'
import { trackingObjects } from '../../support/todos.ts'

const ofCountry = (places: Places, country: string) =>
  openQuery((q) => q.from({ place: places }).where(({ place }) => eq(place.country, country)))

/** A condition of TanStack DB's as a direct caller of `loadSubset` gives it. */
const where = (country: string) =>
  ({
    type: 'func',
    name: 'eq',
    args: [
      { type: 'ref', path: ['country'] },
      { type: 'val', value: country },
    ],
  }) as never

/** What live queries call of a collection. */
const syncOf = (places: Places) =>
  (
    places as unknown as {
      _sync: Record<'loadSubset', (options: object) => true | Promise<void>> &
        Record<'unloadSubset', (options: object) => void>
    }
  )['_sync']

function watchPlatform() {
  const seen: unknown[] = []
  vi.stubGlobal('reportError', (error: unknown) => seen.push(error))
  const onRejection = (error: unknown): void => void seen.push(error)
  process.on('unhandledRejection', onRejection)
  onTestFinished(() => {
    vi.unstubAllGlobals()
    process.off('unhandledRejection', onRejection)
  })
  return seen
}

const turns = async (): Promise<void> => {
  for (let turn = 0; turn < 3; turn++) await new Promise((next) => setImmediate(next))
}

test('the hook is called with what is asked for, and its end once, when nobody asks any more', async () => {
  const end = vi.fn<() => void>()
  const onLoadSubset = vi.fn<() => () => void>(() => end)
  const { places } = await openPlaces(100, { onLoadSubset })
  const query = ofCountry(places, 'c1')
  await query.live.preload()
  expect(onLoadSubset).toHaveBeenCalledOnce()
  expect(onLoadSubset.mock.calls[0]).toMatchObject([{ where: { name: 'eq' } }])
  expect(end).not.toHaveBeenCalled()
  await query.close()
  await eventually(() => expect(end).toHaveBeenCalledOnce())
  await places.cleanup()
  expect(end).toHaveBeenCalledOnce()
})

test('rows are shown while the hook runs, and the query is ready when it is done', async () => {
  let finish = (): void => undefined
  const { places } = await openPlaces(100, {
    onLoadSubset: () => new Promise<void>((done) => (finish = done)),
  })
  const query = ofCountry(places, 'c1')
  await eventually(() => expect(places.size).toBe(10))
  expect(query.live.status).toBe('loading')
  finish()
  await eventually(() => expect(query.live.status).toBe('ready'))
})

test('a demand whose hook fails rejects with that error, keeps no rows, and others go on', async () => {
  const refusal = new Error('refused')
  let refuses = true
  const { database, places } = await openPlaces(100, {
    onLoadSubset: async ({ where: asked }) => {
      if (refuses && JSON.stringify(asked).includes('"c2"')) throw refusal
    },
  })
  const one = ofCountry(places, 'c1')
  await one.live.preload()
  const two = ofCountry(places, 'c2')
  await expect(two.live.preload()).rejects.toBe(refusal)
  await eventually(() => expect(places.size).toBe(10))
  expect(places.status).toBe('ready')
  await database.execute("INSERT INTO places(id, country) VALUES ('one', 'c1'), ('two', 'c2')")
  await eventually(() => expect(one.ids()).toContain('one'))
  expect(places.has('two')).toBe(false)
  refuses = false
  places.utils.retry()
  await eventually(() => expect(places.size).toBe(22))
})

test('a demand whose rows cannot be read rejects with the error of SQLite, and others go on', async () => {
  const { database, places } = await openPlaces(100)
  const one = ofCountry(places, 'c1')
  await one.live.preload()
  const log = await logStatements(database, (_, parameters) => parameters?.includes('c2') === true)
  const two = ofCountry(places, 'c2')
  await expect(two.live.preload()).rejects.toThrow('injected')
  log.stop()
  expect(places.status).toBe('ready')
  await database.execute("INSERT INTO places(id, country) VALUES ('one', 'c1'), ('two', 'c2')")
  await eventually(() => expect(one.ids()).toContain('one'))
  expect(places.has('two')).toBe(false)
  places.utils.retry()
  await eventually(() => expect(places.size).toBe(22))
})

test('a demand that is aborted or given up before its hook can run never runs it', async () => {
  const onLoadSubset = vi.fn<() => void>()
  const { places } = await openPlaces(100, { onLoadSubset })
  places.startSyncImmediate()
  const aborted = new AbortController()
  aborted.abort()
  await expect(
    syncOf(places).loadSubset({ where: where('c1'), signal: aborted.signal }),
  ).rejects.toThrow()
  expect(onLoadSubset).not.toHaveBeenCalled()
  expect(places.size).toBe(0)
})

test('a load that is given up while its hook runs ends what that has opened, and brings no rows', async () => {
  const end = vi.fn<() => void>()
  let finish = (_end: () => void): void => undefined
  const { database, places } = await openPlaces(100, {
    onLoadSubset: () => new Promise<() => void>((done) => (finish = done)),
  })
  places.startSyncImmediate()
  const options = { where: where('c1') }
  const loading = syncOf(places).loadSubset(options)
  syncOf(places).unloadSubset(options)
  await Promise.resolve()
  finish(end)
  await loading
  expect(end).toHaveBeenCalledOnce()
  await eventually(async () => expect(await trackingObjects(database)).toEqual([]))
  expect(places.size).toBe(0)
})

test('the end of a hook that fails is no unhandled rejection, and cleanup() waits for ends and rejects with it', async () => {
  const seen = watchPlatform()
  const refusal = new Error('cannot close')
  const { places } = await openPlaces(100, { onLoadSubset: () => () => Promise.reject(refusal) })
  const query = ofCountry(places, 'c1')
  await query.live.preload()
  await query.close()
  await eventually(() => expect(seen).toEqual([refusal])) // handed to the platform, as nobody awaits it
  const other = ofCountry(places, 'c2')
  await other.live.preload()
  await expect(places.cleanup()).rejects.toThrow('cannot close')
  await turns()
  expect(seen).toEqual([refusal])
})

test('a clean-up while a demand waits for the lock leaves no trigger', async () => {
  const { database, places } = await openPlaces(100)
  let release: (() => void) | undefined
  const held = database.writeLock(() => new Promise<void>((done) => (release = done)))
  await eventually(() => expect(release).toBeDefined())
  places.startSyncImmediate()
  const loading = Promise.resolve(syncOf(places).loadSubset({ where: where('c1') })).catch(
    () => undefined,
  )
  const cleanup = places.cleanup()
  release?.()
  await Promise.all([held, cleanup, loading])
  await eventually(async () => expect(await trackingObjects(database)).toEqual([]))
  expect(places.size).toBe(0)
})

test('a closed database rejects what is asked for', async () => {
  const { database, places } = await openPlaces(100)
  await database.close()
  const query = ofCountry(places, 'c1')
  await expect(query.live.preload()).rejects.toThrow()
  expect(places.status).toBe('error')
})
