/**
 * `pnpm --dir tests exec tsx bench/codec.ts`: what it costs to make rows of stored JSON, step by step, in ms of CPU for
 * 100,000 rows of 6 columns; medians of 15 rounds.
 */
import { column, Schema, Table } from '@powersync/common'
import type { LockContext } from '@powersync/common'
import { readInexactValues } from '../../core/src/codec/inexact-values.ts'
import { rowCodec } from '../../core/src/codec/row-options.ts'
import { median } from './session.ts'

const schema = new Schema({
  todos: new Table({
    title: column.text,
    note: column.text,
    list_id: column.text,
    done: column.integer,
    rank: column.integer,
    weight: column.real,
  }),
})
const table = schema.tables[0]!
const codec = rowCodec(table, {})
const text = JSON.stringify(
  Array.from({ length: 100_000 }, (_, index) => [
    `t${index}`,
    { title: `todo ${index}`, note: 'some text', list_id: 'l', done: 0, rank: index, weight: 1.5 },
  ]),
)
type Stored = [id: string, data: Record<string, unknown>][]
/** None of these rows is inexact, so SQLite is not asked. */
const lock = {} as LockContext
const steps = { parse: [] as number[], inexact: [] as number[], decode: [] as number[] }

async function cpuMs(run: () => unknown): Promise<number> {
  const start = process.cpuUsage()
  await run()
  const { user, system } = process.cpuUsage(start)
  return (user + system) / 1000
}

for (let round = 0; round < 15; round++) {
  let rows: Stored = []
  const parse = (): Stored => (rows = JSON.parse(text) as Stored)
  steps.parse.push(await cpuMs(parse))
  steps.inexact.push(await cpuMs(() => readInexactValues(lock, table, rows)))
  steps.decode.push(await cpuMs(() => rows.map(([id, data]) => codec.decode(id, data))))
}
for (const [step, times] of Object.entries(steps)) console.log(step, median(times).toFixed(0))
