/** The connector that the docs show whole, as it is printed there, against the backend of the playgrounds. */
import { mkdirSync, writeFileSync } from 'node:fs'
import type { PowerSyncBackendConnector } from '@powersync/common'
import { createPowerSyncCollection, refused, whenUploaded } from '@rowsignal/core'
import { onTestFinished, expect, test } from 'vitest'
import { schema } from '../../playgrounds/app/schema.ts'
import { codeBlocks } from '../package/code-blocks.ts'
import { root } from '../package/run.ts'
import { startTestBackend } from '../support/backend.ts'
import { openDatabase } from '../support/database.ts'
import { eventually } from '../support/eventually.ts'

interface Printed {
  readonly connectorFor: (user: string, server: string) => PowerSyncBackendConnector
}

async function printedConnector(): Promise<Printed> {
  const block = codeBlocks('docs/connector.md').find(({ file }) => file === 'src/connector.ts')
  const folder = `${root}/tests/.output/docs-connector`
  mkdirSync(folder, { recursive: true })
  writeFileSync(`${folder}/connector.ts`, block?.code ?? '')
  return (await import(`${folder}/connector.ts`)) as Printed
}

async function openTrips(user: string, server: string) {
  const { connectorFor } = await printedConnector()
  const database = await openDatabase(schema)
  onTestFinished(() => database.disconnect())
  const trips = createPowerSyncCollection({ database, table: schema.props.trips })
  await trips.preload()
  await database.connect(connectorFor(user, server), { crudUploadThrottleMs: 10 })
  return { database, trips }
}

const newTrip = (id: string, name: string) => ({
  id,
  name,
  owner_id: null,
  starts_on: null,
  created_at: null,
})

test('what one device writes another of the user shows, and another user does not', async () => {
  const backend = await startTestBackend()
  const [one, other, stranger] = await Promise.all([
    openTrips('1', backend.url),
    openTrips('1', backend.url),
    openTrips('2', backend.url),
  ])
  await whenUploaded(one.trips.insert(newTrip('a', 'Lapland')))
  await eventually(() => expect(other.trips.get('a')?.name).toBe('Lapland'))
  await whenUploaded(stranger.trips.insert(newTrip('b', 'Crete')))
  await eventually(() => expect(stranger.trips.toArray.map(({ id }) => id)).toEqual(['b']))
  expect(other.trips.has('b')).toBe(false)
})

test('what the backend refuses is kept with its reason, and what was written after it is taken', async () => {
  const backend = await startTestBackend()
  const { database, trips } = await openTrips('1', backend.url)
  await expect(whenUploaded(trips.insert(newTrip('a', ' ')))).rejects.toMatchObject({
    code: 'upload-refused',
  })
  const refusals = refused(database)
  onTestFinished(refusals.listen(() => undefined))
  await eventually(() => {
    const reason: unknown = expect.stringContaining('needs a name')
    expect(refusals.get()).toMatchObject([{ rowId: 'a', reason }])
  })
  await whenUploaded(trips.insert(newTrip('b', 'Lapland')))
  const stored = await backend.postgres.query<{ id: string }>('select id from trips')
  expect(stored.rows).toEqual([{ id: 'b' }])
})
