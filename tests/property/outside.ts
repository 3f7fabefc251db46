/** What others do to the rows: plain SQL and the server. And the pair of rows that all change together. */
import { transact } from '@rowsignal/core'
import type { ServerChange } from '../support/sync-endpoint.ts'
import type { Write } from './ledger.ts'
import type { OutsideChange, StepOf } from './program.ts'
import { columnsOf, storedColumnsOf, tokenFor } from './tables.ts'
import type { World } from './world.ts'
import { begin } from './writes.ts'

/** Makes changes with plain SQL. */
export async function changeBySql(
  world: World,
  write: Write,
  { lock, changes }: { lock: Parameters<World['store']>[0]; changes: readonly OutsideChange[] },
): Promise<void> {
  for (const { table, op, row } of changes) {
    const id = `r${row}`
    if (op === 'delete') {
      world.ledger.removes(write, { table, id })
      await lock.execute(`DELETE FROM ${table} WHERE id = ?`, [id])
      continue
    }
    const token = world.ledger.mint(write, { table, id })
    if (op === 'put') {
      await world.store(lock, { table, id }, token)
      continue
    }
    const columns = storedColumnsOf(table, token)
    const sets = Object.keys(columns).map((name) => `${name} = ?`)
    await lock.execute(`UPDATE ${table} SET ${sets.join()} WHERE id = ?`, [
      ...Object.values(columns),
      id,
    ])
  }
}

/** A hundred rows and more that are there for a moment, as when a download brings and takes them. */
export async function passBy(lock: Parameters<World['store']>[0]): Promise<void> {
  await lock.execute(
    `INSERT INTO ps_data__todos(id, data) SELECT 'passing' || key, '{"rank":1}' FROM json_each(?)`,
    [JSON.stringify(Array.from({ length: 150 }, () => 0))],
  )
  await lock.execute(`DELETE FROM ps_data__todos WHERE id LIKE 'passing%'`)
}

/** The change of the server; none when it has no row to update. */
export function serverChange(
  world: World,
  write: Write,
  { table, op, row }: OutsideChange,
): ServerChange[] {
  const id = `r${row}`
  if (op === 'update' && !world.endpoint.rows.has(`${table}/${id}`)) return []
  if (op === 'delete') {
    world.ledger.removes(write, { table, id })
    return [{ type: table, id, data: null }]
  }
  const token = world.ledger.mint(write, { table, id })
  return [{ type: table, id, data: storedColumnsOf(table, token) }]
}

const pairTables = ['lists', 'todos'] as const

interface Pair {
  readonly id: string
  /** Of both tokens. */
  readonly number: number
  readonly isGone: boolean
}

/** Changes a list and its todo in one commit. */
export function changePair(world: World, step: StepOf<'pair'>): void {
  const write = world.ledger.begin(JSON.stringify(step))
  const pair: Pair = {
    id: `p${step.row}`,
    number: world.ledger.nextNumber(),
    isGone: step.op === 'delete',
  }
  for (const table of pairTables) {
    if (pair.isGone) world.ledger.removes(write, { table, id: pair.id })
    else world.ledger.claim(write, tokenFor(table, pair.id, pair.number))
  }
  changeBy[step.by](world, write, pair)
}

const changeBy: Record<StepOf<'pair'>['by'], (world: World, write: Write, pair: Pair) => void> = {
  transact: (world, write, pair) => {
    const [inLists, inTodos] = pairTables.map((table) => world.collection(table).has(pair.id))
    if (inLists !== inTodos) {
      write.outcome = 'rejected' // one of the tables is being read
      return
    }
    begin(world, write, {
      run: () => transact(() => pairTables.forEach((table) => mutatePaired(world, table, pair))),
      spans: true,
    })
  },

  server: (world, write, { id, number, isGone }) => {
    world.needsServer = true
    write.outcome = 'accepted'
    world.endpoint.change(
      ...pairTables.map((type) => ({
        type,
        id,
        data: isGone ? null : storedColumnsOf(type, tokenFor(type, id, number)),
      })),
    )
  },

  sql: (world, write, { id, number, isGone }) => {
    const change = world.database.writeTransaction(async (lock) => {
      for (const table of pairTables) {
        if (isGone) await lock.execute(`DELETE FROM ${table} WHERE id = ?`, [id])
        else await world.store(lock, { table, id }, tokenFor(table, id, number))
      }
    })
    world.waitFor(change.then(() => void (write.outcome = 'accepted')))
  },
}

function mutatePaired(
  world: World,
  table: (typeof pairTables)[number],
  { id, number, isGone }: Pair,
): void {
  const collection = world.collection(table)
  const columns = columnsOf(table, tokenFor(table, id, number))
  if (isGone) collection.delete(id)
  else if (collection.has(id)) collection.update(id, (draft) => void Object.assign(draft, columns))
  else collection.insert({ id, ...columns })
}
