/**
 * The operations of an upload: checked against the tables and the signed-in user, and written many at a time. What is
 * left is the same as if they had been written one by one.
 */
import { z } from 'zod'
import { firstIssue, RequestError } from './errors.ts'
import type { Queryable } from './postgres.ts'
import { maxStops, readOnlyTables, rowId, writableTables, type WritableTable } from './tables.ts'

/**
 * How many are written between two savepoints. One by one 10,000 new rows took 5 s in the embedded Postgres; so they
 * take a tenth of it.
 */
const pageOperations = 500

const rawOperation = z.object({
  op: z.enum(['PUT', 'PATCH', 'DELETE']),
  table: z.string(),
  id: rowId,
  data: z.record(z.string(), z.unknown()).nullish(),
})

interface Operation {
  readonly op: 'PUT' | 'PATCH' | 'DELETE'
  readonly table: WritableTable
  readonly id: string
  readonly data: Record<string, unknown>
}

export interface Writer {
  /** Where a transaction is open. */
  readonly sql: Queryable
  readonly user: string
  /** How many operations of the upload came before these. */
  readonly first: number
}

/**
 * Checks and writes operations, in their order.
 *
 * A change or removal of a row that is gone is taken as done: another client removed it first.
 *
 * @throws {RequestError} with the index of the operation; the transaction is to be rolled back then.
 */
export async function applyOperations(raw: readonly unknown[], writer: Writer): Promise<void> {
  for (let first = 0; first < raw.length; first += pageOperations) {
    const page = raw.slice(first, first + pageOperations)
    await applyPage(page, { ...writer, first: writer.first + first })
  }
}

async function applyPage(raw: readonly unknown[], { sql, user, first }: Writer): Promise<void> {
  const page: Operation[] = []
  let failure: unknown
  for (const [index, operation] of raw.entries()) {
    try {
      page.push(checkOperation(operation, user))
    } catch (error) {
      failure = toRequestError(error, first + index)
      break
    }
  }
  await sql.query('savepoint page')
  try {
    for (const group of groupOperations(page)) await applyGroup(sql, user, group)
  } catch {
    // One of them is wrong. Which, they tell one by one.
    await sql.query('rollback to savepoint page')
    for (const [index, operation] of page.entries()) {
      try {
        await applyGroup(sql, user, [operation])
      } catch (error) {
        throw toRequestError(error, first + index)
      }
    }
  }
  if (failure !== undefined) throw failure
  await sql.query('release savepoint page')
}

function checkOperation(raw: unknown, user: string): Operation {
  const parsed = rawOperation.safeParse(raw)
  if (!parsed.success) throw new RequestError('bad-value', firstIssue(parsed.error))
  const { op, table, id, data } = parsed.data
  if (readOnlyTables.includes(table))
    throw new RequestError('read-only-table', `Nobody writes to ${table}.`)
  if (!isWritable(table)) throw new RequestError('unknown-table', 'There is no such table.')
  if (op === 'DELETE') return { op, table, id, data: {} }

  const { owner_id: owner, ...columns } = data ?? {}
  if (owner !== undefined && owner !== user)
    throw new RequestError('not-yours', 'A row belongs to whoever writes it.')
  const { whole, part, columns: known } = writableTables[table]
  // Before anything looks at what may be a hundred thousand of them.
  const unknown = Object.keys(columns).find((column) => !known.includes(column))
  if (unknown !== undefined)
    throw new RequestError('unknown-column', `There is no column ${unknown.slice(0, 100)}.`)
  const checked = (op === 'PUT' ? whole : part).safeParse(columns)
  if (checked.success) return { op, table, id, data: checked.data }
  throw new RequestError('bad-value', firstIssue(checked.error))
}

function isWritable(table: string): table is WritableTable {
  return Object.hasOwn(writableTables, table)
}

type Group = [Operation, ...Operation[]]

/**
 * Puts together what one statement can write: same kind, same table, same columns. Operations change places only while
 * each row is touched once and either all or none are removals. The tables keep the order of `writableTables`, in which
 * a row comes after the one that it belongs to.
 */
function groupOperations(page: readonly Operation[]): Group[] {
  const tables = Object.keys(writableTables)
  return stretchesOf(page).flatMap((stretch) => {
    const groups = new Map<string, Group>()
    for (const operation of stretch) {
      const shape = [tables.indexOf(operation.table), operation.op, ...givenColumns(operation)]
      const group = groups.get(shape.join())
      if (group === undefined) groups.set(shape.join(), [operation])
      else group.push(operation)
    }
    return [...groups].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, group]) => group)
  })
}

function stretchesOf(page: readonly Operation[]): Operation[][] {
  const stretches: Operation[][] = []
  let stretch: Operation[] = []
  let rows = new Set<string>()
  for (const operation of page) {
    const row = `${operation.table}/${operation.id}`
    const isOtherKind = (stretch[0]?.op === 'DELETE') !== (operation.op === 'DELETE')
    if (stretch.length === 0 || rows.has(row) || isOtherKind) {
      stretch = []
      rows = new Set()
      stretches.push(stretch)
    }
    stretch.push(operation)
    rows.add(row)
  }
  return stretches
}

async function applyGroup(sql: Queryable, user: string, group: Readonly<Group>): Promise<void> {
  const { table } = group[0]
  const rows = JSON.stringify(group.map(({ id, data }) => ({ ...data, id })))
  const { rows: written } = await sql.query<{ id: string }>(statementOf(group[0]), [user, rows])
  if (table === 'stops' && group[0].op !== 'DELETE') await assertFewStops(sql, rows)
  if (written.length === group.length) return
  // Every statement names the owner: a row that exists and was not touched is someone else's.
  const { rows: others } = await sql.query(
    `select 1 from ${table} where owner_id <> $1
       and id in (select id from json_populate_recordset(null::${table}, $2::json))`,
    [user, rows],
  )
  if (others.length > 0) throw new RequestError('not-yours', 'The row belongs to another user.')
}

/** Counted when they are written, so also those that were moved from another trip. */
async function assertFewStops(sql: Queryable, rows: string): Promise<void> {
  const { rows: full } = await sql.query(
    `select 1 from stops where trip_id in (
       select trip_id from stops
        where id in (select id from json_populate_recordset(null::stops, $1::json)))
     group by trip_id having count(*) > ${maxStops}`,
    [rows],
  )
  if (full.length > 0)
    throw new RequestError('too-many-stops', `A trip has up to ${maxStops} stops.`)
}

function givenColumns({ table, data }: Operation): string[] {
  return writableTables[table].columns.filter((column) => Object.hasOwn(data, column))
}

/** One statement that writes only rows of the user ($1). Column names come from the table's own list. */
function statementOf(operation: Operation): string {
  const { op, table } = operation
  const values = `json_populate_recordset(null::${table}, $2::json) given`
  const mine = `${table}.owner_id = $1`
  if (op === 'DELETE')
    return `delete from ${table} using ${values} where ${table}.id = given.id and ${mine} returning 1`

  const given = givenColumns(operation)
  if (op === 'PATCH') {
    // With the id among them an empty change is a statement too, and asks whose row it is.
    const assignments = ['id', ...given].map((column) => `${column} = given.${column}`)
    return `update ${table} set ${assignments.join(', ')} from ${values}
      where ${table}.id = given.id and ${mine} returning 1`
  }
  // The client's queue leaves out nulls: a column that is not given gets its default, also in a row that exists.
  const replaced = writableTables[table].columns.map((column) => `${column} = excluded.${column}`)
  return `
    insert into ${table} (${['id', 'owner_id', ...given].join(', ')})
    select ${['given.id', '$1', ...given.map((column) => `given.${column}`)].join(', ')} from ${values}
    on conflict (id) do update set ${replaced.join(', ')} where ${mine}
    returning 1`
}

/** Says which operation failed, and turns what Postgres says about a value into the client's error that it is. */
function toRequestError(error: unknown, operation: number): unknown {
  if (error instanceof RequestError)
    return new RequestError(error.code, error.message, { operation })
  const state = String((error as { code?: unknown }).code)
  if (state === '23503') {
    const message = 'It belongs to a trip or a place that is not there.'
    return new RequestError('missing-reference', message, { operation })
  }
  // Classes 22 (data exception) and 23 (integrity constraint).
  if (/^2[23]...$/.test(state))
    return new RequestError('bad-value', 'A value does not fit its column.', { operation })
  return error
}
