/**
 * What the outbox costs a write: one insert, from the call until SQLite has it and the outbox tells of it, with 10,000
 * operations waiting and with none, and one that nobody follows, in turn. In Node; the floor is the one with none.
 */
import { createPowerSyncCollection, outbox } from '@rowsignal/core'
import type { CommonPowerSyncDatabase } from '@powersync/common'
import { places } from './cities.ts'
import { openInProcess } from './node.ts'
import { progress, type Result } from './results.ts'
import { schema } from './schema.ts'
import { fill, median } from './session.ts'

const waiting = 10_000
const rounds = 5
const writes = 60

/** Milliseconds of one insert. */
interface Costs {
  readonly unfollowed: number[]
  readonly persisted: number[]
  readonly told: number[]
}

export async function benchOutbox(): Promise<Result[]> {
  const none = costs()
  const many = costs()
  for (let round = 1; round <= rounds; round++) {
    progress(`outbox: round ${round} of ${rounds}`)
    const [empty, full] = [await open(0), await open(waiting)]
    for (let write = 0; write < writes; write++) {
      await unfollowed(empty, none)
      await unfollowed(full, many)
    }
    const stops = [empty, full].map(({ database }) => outbox(database).listen(() => undefined))
    await Promise.all([counted(empty.database, writes), counted(full.database, waiting + writes)])
    for (let write = 0; write < writes; write++) {
      await followed(empty, none)
      await followed(full, many)
    }
    for (const stop of stops) stop()
    for (const { database } of [empty, full]) await database.close()
  }
  progress('')
  return (['unfollowed', 'persisted', 'told'] as const).map((kind) => {
    const [ours_ms, floor_ms] = [median(many[kind]), median(none[kind])]
    return {
      bench: `one insert behind others, ${kind}`,
      n: waiting,
      engine: 'node',
      db: '0.15.2',
      ours_ms,
      floor_ms,
      peer_ms: null,
      to_floor: ours_ms / floor_ms,
      to_peer: null,
    }
  })
}

type Opened = Awaited<ReturnType<typeof open>>

async function open(count: number) {
  const database = await openInProcess()
  await fill(database, places(100))
  const collection = createPowerSyncCollection({ database, table: schema.props.places })
  await collection.preload()
  const [place] = places(1)
  await database.writeTransaction((tx) =>
    tx.execute(
      `INSERT INTO places(id, name, country) SELECT 'w' || value, 'waiting', ? FROM json_each(?)`,
      [place!.country, JSON.stringify(Array.from({ length: count }, (_, index) => index))],
    ),
  )
  return { database, collection, place: place! }
}

async function unfollowed(opened: Opened, { unfollowed }: Costs): Promise<void> {
  const start = performance.now()
  await insert(opened)
  unfollowed.push(performance.now() - start)
}

async function followed(opened: Opened, { persisted, told }: Costs): Promise<void> {
  const { operations } = outbox(opened.database).get()
  const start = performance.now()
  const isTold = counted(opened.database, operations + 1)
  await insert(opened)
  persisted.push(performance.now() - start)
  await isTold
  told.push(performance.now() - start)
}

async function insert({ collection, place }: Opened): Promise<void> {
  await collection.insert({ ...place, id: crypto.randomUUID() }).isPersisted.promise
}

/** Resolves when the outbox tells of this many operations. */
function counted(database: CommonPowerSyncDatabase, wanted: number): Promise<void> {
  return new Promise((resolve) => {
    const stop = outbox(database).subscribe(({ operations, isLoading }) => {
      if (isLoading || operations < wanted) return
      queueMicrotask(() => stop())
      resolve()
    })
  })
}

function costs(): Costs {
  return { unfollowed: [], persisted: [], told: [] }
}
