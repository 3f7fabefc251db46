/** `node --expose-gc --import tsx heap.ts <subject> <count>`: prints the heap in MB that a held table takes. */
import { places } from './cities.ts'
import { floor } from './floor.ts'
import { openInProcess } from './node.ts'
import { ours } from './ours.ts'
import { fill } from './session.ts'

const [name, count] = process.argv.slice(2)
const database = await openInProcess()
await fill(database, places(Number(count)))
const before = await heap()
const opened = await (name === 'ours' ? ours : floor).open(database)
const after = await heap()
console.log(JSON.stringify({ rows: opened.size(), mb: (after - before) / 2 ** 20 }))
process.exit(0)

async function heap(): Promise<number> {
  for (let turn = 0; turn < 5; turn++) {
    globalThis.gc?.()
    await new Promise((resolve) => setImmediate(resolve))
  }
  return process.memoryUsage().heapUsed
}
