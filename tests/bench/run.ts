/**
 * `npm run bench`: ours, the upstream packages and the floor in one run, in Node and in Chromium, as a table with ratios
 * and as results.json; `--only core`, `bindings`, `outbox` or `on-demand` runs a part, and of the bindings `--rows 10000`
 * one number of rows, `--ours` without the official adapters. Rounds go over all subjects in turn, so that a
 * slow minute of the machine hits them alike.
 */
import { execFileSync } from 'node:child_process'
import { cpus } from 'node:os'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { upstream } from '@rowsignal/bench-upstream'
import { benchBindings } from './bindings/run.ts'
import { bindingsTables } from './bindings/table.ts'
import { openBrowser } from './chromium.ts'
import { places } from './cities.ts'
import { floor } from './floor.ts'
import { openInProcess } from './node.ts'
import { benchOnDemand } from './on-demand/run.ts'
import { type OnDemandResult, onDemandTable } from './on-demand/table.ts'
import { ours } from './ours.ts'
import { benchOutbox } from './outbox.ts'
import { progress, type Result, save, table } from './results.ts'
import { allPlaces, oneRowTable, scale } from './scale.ts'
import {
  fill,
  measure,
  type Measured,
  measureFirstRows,
  measureWhileReading,
  median,
} from './session.ts'

const rounds = 5
const counts = [10_000, 100_000]
const subjects = { floor, ours, upstream }
type Name = keyof typeof subjects

type Session = (name: Name, count: number) => Promise<Measured>

const {
  only,
  rows,
  ours: oursAlone,
} = parseArgs({
  options: { only: { type: 'string' }, rows: { type: 'string' }, ours: { type: 'boolean' } },
}).values
if (only !== undefined && !['core', 'bindings', 'outbox', 'on-demand'].includes(only)) {
  throw new Error(`--only takes core, bindings, outbox or on-demand, not ${only}`)
}
const results: Result[] = []
const ofBindings: Result[] = []
const onDemand: OnDemandResult[] = []
let chromium = ''
const wants = (part: string): boolean => only === undefined || only === part
if (wants('core')) await benchCore()
if (wants('outbox')) results.push(...(await benchOutbox()))
if (wants('bindings')) {
  const part = { oursAlone, ...(rows !== undefined && { rows: Number(rows) }) }
  chromium = await benchBindings((rows) => {
    ofBindings.push(...rows)
    save([...results, ...ofBindings])
  }, part)
}
if (wants('on-demand')) {
  chromium = await benchOnDemand((rows) => {
    onDemand.push(...rows)
    save([...results, ...ofBindings, ...onDemand])
  })
}

const cpu = `${cpus().length} x ${cpus()[0]?.model}`
console.log(`\nNode ${process.version}, Chromium ${chromium}, ${cpu}; medians of the rounds`)
if (results.length > 0) console.log(`\n${table(results)}\n\n${oneRowTable(results)}`)
if (ofBindings.length > 0) console.log(`\n${bindingsTables(ofBindings)}`)
if (onDemand.length > 0) console.log(`\n${onDemandTable(onDemand)}`)
process.exit(0)

/** The collections: on SQLite in Node and in Chromium. */
async function benchCore(): Promise<void> {
  await compare('node', async (name, count) => {
    const rows = places(count)
    const measured: Measured = {}
    for (const part of [measure, measureFirstRows, measureWhileReading]) {
      const database = await openInProcess()
      await fill(database, rows)
      Object.assign(measured, await part(subjects[name], database, rows))
      await database.close()
    }
    return measured
  })
  results.push(...(await scale(subjects)))
  for (const count of [...counts, allPlaces]) results.push(heap(count))
  save(results)
  const browser = await openBrowser()
  for (const storage of ['OPFS', 'IDB'] as const) {
    await compare(`chromium ${storage}`, (subject, count) =>
      browser.run({ subject, count, storage }),
    )
  }
  chromium = browser.version()
  await browser.close()
}

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
    save(results)
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
