/**
 * Collections on demand: ours, upstream's own mode and the two floors on one database in turn, at all the cities and at
 * a million rows; in Node and in Chromium. Then the heap, and how long the background load holds the page.
 */
import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { upstream } from '@rowsignal/bench-upstream/on-demand'
import { allCities } from '../cities.ts'
import { openBrowser } from '../chromium.ts'
import { openInProcess } from '../node.ts'
import { progress } from '../results.ts'
import { type Measured, median } from '../session.ts'
import { held, sql } from './floors.ts'
import { ours } from './ours.ts'
import { fill, schema } from './schema.ts'
import { measure, type Name, rounds, type Samples } from './session.ts'
import type { OnDemandResult } from './table.ts'

const sizes = [135_233, 1_000_000]
const subjects = { sql, held, ours, upstream }
export async function benchOnDemand(
  done: (results: OnDemandResult[]) => void,
  engines: readonly string[] = ['node', 'chromium'],
): Promise<string> {
  if (engines.includes('node')) {
    done(await benchNode())
    done([...heapOf('demands'), ...heapOf('download')])
  }
  if (!engines.includes('chromium')) return ''
  const browser = await openBrowser()
  for (const count of sizes) {
    progress(`on demand, chromium OPFS: ${count} rows`)
    done(resultsOf('chromium OPFS', count, await browser.runOnDemand(count)))
  }
  progress('progressive, chromium OPFS')
  const longest = await browser.runProgressive(sizes[0]!)
  done(
    Object.entries(longest).map(([bench, ms]) => ({
      bench,
      n: sizes[0]!,
      engine: 'chromium OPFS',
      ours_ms: ms,
    })),
  )
  const version = browser.version()
  await browser.close()
  return version
}

async function benchNode(): Promise<OnDemandResult[]> {
  const cities = allCities()
  const databases = []
  for (const count of sizes) {
    progress(`on demand, node: fills ${count} rows`)
    const database = await openInProcess(schema)
    await fill(database, cities, count)
    databases.push(database)
  }
  const samples: Samples[] = sizes.map(() => ({ sql: [], held: [], ours: [], upstream: [] }))
  for (let turn = 0; turn < rounds('ours', sizes[0]!); turn++) {
    for (const name of Object.keys(subjects) as Name[]) {
      for (const [index, database] of databases.entries()) {
        const count = rounds(name, sizes[index]!)
        if (turn >= count) continue
        progress(`on demand, node, ${sizes[index]} rows: round ${turn + 1} of ${count}, ${name}`)
        const options = { database, turn, clock: cpuMs }
        samples[index]![name].push(await measure(subjects[name], options))
      }
    }
  }
  return sizes.flatMap((n, index) => resultsOf('node', n, samples[index]!))
}

/** All is in one process here, and other processes take their time of the machine. */
function cpuMs(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1000
}

function resultsOf(engine: string, n: number, samples: Samples): OnDemandResult[] {
  return Object.keys(samples.ours[0]!).map((bench) => {
    const ms = (name: Name): number => median(samples[name].map((sample) => sample[bench]!))
    const peer = samples.upstream.length === 0 ? {} : { peer_ms: ms('upstream') }
    return {
      bench,
      n,
      engine,
      ours_ms: ms('ours'),
      held_ms: ms('held'),
      sql_ms: ms('sql'),
      ...peer,
    }
  })
}

/** In MB; in a process of its own. */
function heapOf(what: 'demands' | 'download'): OnDemandResult[] {
  progress(`on demand, node: heap, ${what}`)
  const script = fileURLToPath(new URL('heap.ts', import.meta.url))
  const args = ['--expose-gc', '--import', 'tsx', script, what]
  const output = execFileSync(process.execPath, args, { encoding: 'utf8' })
  const measured = JSON.parse(output.trim().split('\n').at(-1)!) as Measured
  return Object.entries(measured).map(([bench, mb]) => ({
    bench,
    n: sizes[0]!,
    engine: 'node',
    ours_ms: mb,
  }))
}
