/** One subject on a filled database: every measurement once, in ms. Runs in Node and in a page. */
import type { CommonPowerSyncDatabase } from '@powersync/common'
import { median, type Measured } from '../session.ts'
import { batchRows } from './schema.ts'
import type { Shown, Subject } from './subject.ts'

const demands = 100
const words = ['san jo', 'berlin', 'new yo']
const changes = 10

export type Name = 'sql' | 'held' | 'ours' | 'upstream'
export type Samples = Record<Name, Measured[]>

/** Upstream reads the rows of all demands for each: 100 of them take a minute, and of a million rows many. */
export function rounds(name: Name, rows: number): number {
  if (name !== 'upstream') return 7
  return rows > 200_000 ? 0 : 1
}

export interface Options {
  readonly database: CommonPowerSyncDatabase
  /** Another one has other batches, so that nothing is there from before. */
  readonly turn: number
  /** In ms. */
  readonly clock: () => number
}

export async function measure(subject: Subject, options: Options): Promise<Measured> {
  const { database, turn, clock } = options
  const measured: Measured = {}
  await idle(database)
  const opened = subject.open(database)
  const times: number[] = []
  const shown: Shown[] = []
  for (let index = 0; index < demands; index++) {
    const start = clock()
    const batch = await opened.batch(turn * demands + index)
    times.push(clock() - start)
    expect(batch, batchRows)
    shown.push(batch)
  }
  measured['1st demand'] = times[0]!
  measured['2nd to 6th demand'] = median(times.slice(1, 6))
  measured['96th to 100th demand'] = median(times.slice(-5))

  const [{ id }] = (await database.getAll<{ id: string }>(
    'SELECT id FROM places WHERE batch = ? LIMIT 1',
    [turn * demands + demands / 2],
  )) as [{ id: string }]
  const changed = shown[demands / 2]!
  measured['one row changed'] = await medianOf(changes, async (index) => {
    const note = `${turn} ${index}`
    const seen = changed.shows(id, note)
    const start = clock()
    await database.execute('UPDATE places SET note = ? WHERE id = ?', [note, id])
    await seen()
    return clock() - start
  })
  for (const batch of shown) await batch.close()
  await opened.close()
  await idle(database)
  Object.assign(measured, await measureWindows(subject, options))
  return measured
}

async function measureWindows(subject: Subject, { database, clock }: Options): Promise<Measured> {
  const measured: Measured = {}
  const opened = subject.open(database)
  const first = await opened.batch(0) // the collection is in use
  let start = clock()
  const page = await opened.page(50)
  measured['first page of 50'] = clock() - start
  expect(page, 50)
  start = clock()
  await page.more(50)
  measured['next page of 50'] = clock() - start
  await page.close()
  await idle(database)

  const strokes: number[] = []
  const letters: number[] = []
  for (const word of words) {
    let before: Shown | undefined
    for (let length = 1; length <= word.length; length++) {
      start = clock()
      const shown = await opened.search(word.slice(0, length))
      const ms = clock() - start
      if (length === 1) letters.push(ms)
      else strokes.push(ms)
      await before?.close()
      before = shown
    }
    await before?.close()
    await idle(database)
  }
  measured['first letter'] = median(letters)
  measured['next letters'] = median(strokes)
  await first.close()
  await opened.close()
  await idle(database)
  return measured
}

/** Whoever waits for the lock gives way to what was closed before. */
export async function idle(database: CommonPowerSyncDatabase): Promise<void> {
  for (let turn = 0; turn < 3; turn++) {
    await new Promise((resolve) => setTimeout(resolve, 5))
    await database.writeLock(async () => undefined)
  }
}

async function medianOf(times: number, run: (index: number) => Promise<number>): Promise<number> {
  const values: number[] = []
  for (let index = 0; index < times; index++) values.push(await run(index))
  return median(values)
}

function expect(shown: Shown, rows: number): void {
  if (shown.size() !== rows) throw new Error(`it shows ${shown.size()} of ${rows} rows`)
}
