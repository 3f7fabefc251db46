/**
 * Whether one changed row costs more when the collection holds more rows: the same changes at 1,000 and at all 135,233
 * places, in turn, so that a slow moment of the machine hits both alike.
 */
import { places } from './cities.ts'
import { openInProcess } from './node.ts'
import { progress, type Result } from './results.ts'
import { fill, median } from './session.ts'
import type { Opened, Subject } from './subject.ts'

export const allPlaces = 135_233

const sizes = [1_000, allPlaces]
const warmUp = 10
const rounds = 60

/** In ms. */
interface Sample {
  readonly outside: number
  readonly update: number
}

/** @returns A result for each size and kind of change; the ratio between the sizes is in those of all places. */
export async function scale<Name extends 'ours' | 'floor' | 'upstream'>(
  subjects: Record<Name, Subject>,
): Promise<Result[]> {
  const medians = new Map<string, Sample[]>()
  for (const [name, subject] of Object.entries<Subject>(subjects)) {
    progress(`node, one changed row: ${name}`)
    medians.set(name, await measureSizes(subject))
  }
  progress('')
  return (['outside', 'update'] as const).flatMap((kind) =>
    sizes.map((n, index) => {
      const ms = (name: string, size = index): number => medians.get(name)![size]![kind]
      return {
        bench: kind === 'outside' ? 'one row changed outside' : 'one row updated',
        n,
        engine: 'node',
        db: '0.15.2',
        ours_ms: ms('ours'),
        floor_ms: ms('floor'),
        peer_ms: ms('upstream'),
        to_floor: ms('ours') / ms('floor'),
        to_peer: ms('ours') / ms('upstream'),
        to_1k: ms('ours') / ms('ours', 0),
      }
    }),
  )
}

async function measureSizes(subject: Subject): Promise<Sample[]> {
  const worlds = []
  for (const size of sizes) worlds.push(await open(subject, size))
  const samples: Sample[][] = sizes.map(() => [])
  for (let round = 0; round < warmUp + rounds; round++) {
    for (const [index, change] of worlds.entries()) {
      const sample = await change(`${round}`)
      if (round >= warmUp) samples[index]!.push(sample)
    }
  }
  return samples.map((ofSize) => ({
    outside: median(ofSize.map(({ outside }) => outside)),
    update: median(ofSize.map(({ update }) => update)),
  }))
}

async function open(subject: Subject, size: number): Promise<(note: string) => Promise<Sample>> {
  const rows = places(size)
  const database = await openInProcess()
  await fill(database, rows)
  const opened: Opened = await subject.open(database)
  const { id } = rows[Math.floor(size / 2)]!
  const sql = 'UPDATE places SET note = ? WHERE id = ?'
  return async (note) => {
    const start = performance.now()
    const shown = { ids: [id], note: `outside ${note}` }
    await opened.outside(async () => void (await database.execute(sql, [shown.note, id])), shown)
    const changed = performance.now()
    await opened.update(id, `ours ${note}`)
    return { outside: changed - start, update: performance.now() - changed }
  }
}

export function oneRowTable(results: readonly Result[]): string {
  const lines = results
    .filter(({ n, to_1k }) => n === allPlaces && to_1k !== undefined)
    .map(({ bench, to_1k }) => `| ${bench} | ${to_1k!.toFixed(2)} |`)
  return ['| ours, 135,233 rows to 1,000 | ratio |', '|---|--:|', ...lines].join('\n')
}
