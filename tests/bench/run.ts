/**
 * `npm run bench`: ours, the upstream package and the floor in one run, in Node and in Chromium, as a table with ratios
 * and as results.json. Rounds go over all subjects in turn, so that a slow minute of the machine hits them alike.
 */
import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { fileURLToPath } from 'node:url'
import { upstream } from '@rowsignal/bench-upstream'
import { openBrowser } from './chromium.ts'
import { places } from './cities.ts'
import { floor } from './floor.ts'
import { openInProcess } from './node.ts'
import { ours } from './ours.ts'
import { fill, measure, type Measured, median } from './session.ts'

const rounds = 5
const counts = [10_000, 100_000]
const subjects = { floor, ours, upstream }
type Name = keyof typeof subjects

/** Milliseconds, or MB for the heap. A subject that failed says so in place of a number. */
interface Result {
  bench: string
  n: number
  engine: string
  db: string
  ours_ms: number
  floor_ms: number
  peer_ms: number | 'fails' | null
  to_floor: number
  to_peer: number | null
  error?: string
}

type Session = (name: Name, count: number) => Promise<Measured>

const results: Result[] = []
await compare('node', async (name, count) => {
  const rows = places(count)
  const database = await openInProcess()
  await fill(database, rows)
  const measured = await measure(subjects[name], database, rows)
  await database.close()
  return measured
})
for (const count of counts) results.push(heap(count))
const browser = await openBrowser()
for (const storage of ['OPFS', 'IDB'] as const) {
  await compare(`chromium ${storage}`, (subject, count) => browser.run({ subject, count, storage }))
}
await browser.close()

console.log(
  `\nNode ${process.version}, ${browser.version()}, ${cpus().length} x ${cpus()[0]?.model}; medians of ${rounds}\n`,
)
console.log(table(results))
process.exit(0)

/** Runs all subjects on one engine. */
async function compare(engine: string, session: Session): Promise<void> {
  for (const count of counts) {
    const samples: Record<Name, Measured[]> = { floor: [], ours: [], upstream: [] }
    let error: string | undefined
    for (let round = 1; round <= rounds; round++) {
      for (const name of Object.keys(subjects) as Name[]) {
        if (name === 'upstream' && error !== undefined) continue
        progress(`${engine}, ${count} rows: round ${round} of ${rounds}, ${name}`)
        try {
          samples[name].push(await session(name, count))
        } catch (reason) {
          if (name !== 'upstream') throw reason
          error = String(reason)
        }
      }
    }
    progress('')
    results.push(...rowsOf({ engine, n: count, db: '0.15.2' }, samples, error))
    save()
  }
}

function rowsOf(
  run: Pick<Result, 'engine' | 'n' | 'db'>,
  samples: Record<Name, Measured[]>,
  error: string | undefined,
): Result[] {
  return Object.keys(samples.ours[0]!).map((bench) => {
    const ms = (name: Name): number => median(samples[name].map((sample) => sample[bench]!))
    const [ours_ms, floor_ms] = [ms('ours'), ms('floor')]
    const result = { bench, ...run, ours_ms, floor_ms, to_floor: ours_ms / floor_ms }
    if (error !== undefined) return { ...result, peer_ms: 'fails', to_peer: null, error }
    return { ...result, peer_ms: ms('upstream'), to_peer: ours_ms / ms('upstream') }
  })
}

/** The heap that a held table takes; each subject in a process of its own. */
function heap(n: number): Result {
  const mb = (subject: 'ours' | 'floor'): number => {
    const script = fileURLToPath(new URL('heap.ts', import.meta.url))
    const args = ['--expose-gc', '--import', 'tsx', script, subject, String(n)]
    const output = execFileSync(process.execPath, args, { encoding: 'utf8' })
    return (JSON.parse(output.trim().split('\n').at(-1)!) as { mb: number }).mb
  }
  const [ours_ms, floor_ms] = [mb('ours'), mb('floor')]
  const to_floor = ours_ms / floor_ms
  return {
    bench: 'heap, MB',
    n,
    engine: 'node',
    db: '0.15.2',
    ours_ms,
    floor_ms,
    peer_ms: null,
    to_floor,
    to_peer: null,
  }
}

function table(rows: readonly Result[]): string {
  const cell = (value: number | string | null, digits: number): string =>
    typeof value === 'number' ? value.toFixed(digits) : (value ?? '')
  const lines = rows.map((row) =>
    [
      row.engine,
      row.bench,
      row.n,
      cell(row.ours_ms, 1),
      cell(row.floor_ms, 1),
      cell(row.peer_ms, 1),
      cell(row.to_floor, 2),
      cell(row.to_peer, 3),
    ].join(' | '),
  )
  const head = 'engine | bench | n | ours ms | floor ms | upstream ms | to floor | to upstream'
  return [head, '---|---|--:|--:|--:|--:|--:|--:', ...lines].map((line) => `| ${line} |`).join('\n')
}

/** After each engine, so that a run that is cut leaves what it has. */
function save(): void {
  writeFileSync(new URL('results.json', import.meta.url), `${JSON.stringify(results, null, 2)}\n`)
}

/** One line that is written over on a terminal, and lines otherwise. */
function progress(text: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[2K${text}`)
  else if (text !== '') process.stderr.write(`${text}\n`)
}
