/**
 * `node --expose-gc --import tsx heap.ts demands | download`: prints MB of heap. What is left of 1,000 different demands;
 * what a download adds at its peak, sampled after a forced GC, while a window of 50 rows is shown.
 */
import { allCities } from '../cities.ts'
import { openInProcess } from '../node.ts'
import { ours } from './ours.ts'
import { fill, schema } from './schema.ts'
import { idle } from './session.ts'

const rows = 135_233
const [what] = process.argv.slice(2)
const database = await openInProcess(schema)
await fill(database, allCities(), rows)
console.log(JSON.stringify(what === 'demands' ? await demands() : await download()))
process.exit(0)

async function demands(): Promise<Record<string, number>> {
  const opened = ours.open(database)
  const first = await opened.batch(0)
  const some = (from: number): Promise<void> => openAndClose(from, 100)
  await some(1_000) // what is made once
  const before = await heap()
  for (let from = 1; from < 1_000; from += 100) await some(from)
  const after = await heap()
  if (opened.size() !== first.size()) throw new Error(`${opened.size()} rows are left`)
  return { 'heap after 1,000 demands, 100 at a time': after - before }

  async function openAndClose(from: number, count: number): Promise<void> {
    const batches = await Promise.all(
      Array.from({ length: count }, (_, index) => opened.batch(from + index)),
    )
    for (const batch of batches) await batch.close()
    await idle(database)
  }
}

async function download(): Promise<Record<string, number>> {
  const measured: Record<string, number> = {}
  await database.execute('CREATE TABLE staged AS SELECT id, data FROM ps_data__places')
  for (const shown of [false, true]) {
    await database.execute('DELETE FROM ps_data__places WHERE rowid > 100')
    const opened = ours.open(database)
    const page = shown ? await opened.page(50) : undefined
    await idle(database)
    const before = await heap()
    let peak = 0
    let left = 0
    const sample = setInterval(() => {
      globalThis.gc?.()
      peak = Math.max(peak, process.memoryUsage().heapUsed / 2 ** 20 - before)
    }, 20)
    await database.execute(
      'INSERT INTO ps_data__places(id, data) SELECT id, data FROM staged WHERE rowid > 100',
    )
    for (let turn = 0; turn < 10; turn++) await idle(database)
    clearInterval(sample)
    left = (await heap()) - before
    const name = shown ? 'with a window of 50' : 'with nothing shown'
    measured[`peak of a download, ${name}`] = peak
    measured[`after a download, ${name}`] = left
    if (page !== undefined && page.size() !== 50) throw new Error(`it shows ${page.size()} rows`)
    await page?.close()
    await opened.close()
  }
  return measured
}

async function heap(): Promise<number> {
  for (let turn = 0; turn < 10; turn++) {
    globalThis.gc?.()
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
  return process.memoryUsage().heapUsed / 2 ** 20
}
