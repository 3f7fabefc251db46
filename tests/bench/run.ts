/** `npm run bench`: ours, upstream and the floor in one run, as a table of ratios and as results.json. */
import { upstream } from '@rowsignal/bench-upstream'
import { places } from './cities.ts'
import { floor } from './floor.ts'
import { openInProcess } from './node.ts'
import { ours } from './ours.ts'
import { fill, measure, median, type Measured } from './session.ts'

const rounds = 5
for (const n of [10_000, 100_000]) {
  const samples: Record<string, Measured[]> = {}
  for (let round = 0; round < rounds; round++) {
    for (const subject of [floor, ours, upstream]) {
      const rows = places(n)
      const database = await openInProcess()
      await fill(database, rows)
      ;(samples[subject.name] ??= []).push(await measure(subject, database, rows))
      await database.close()
    }
  }
  for (const bench of Object.keys(samples['ours']![0]!)) {
    const ms = (name: string) => median(samples[name]!.map((sample) => sample[bench]!))
    console.log(
      n,
      bench.padEnd(16),
      ms('ours').toFixed(1),
      (ms('ours') / ms('floor')).toFixed(2),
      (ms('ours') / ms('upstream')).toFixed(3),
      'floor',
      ms('floor').toFixed(1),
      'up',
      ms('upstream').toFixed(1),
    )
  }
}
process.exit(0)
