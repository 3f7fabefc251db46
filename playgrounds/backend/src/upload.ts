/**
 * Uploads: what a client's queue holds, checked against the tables and the signed-in user, then written in one
 * Postgres transaction. All of an upload is taken or none of it.
 */
import { z } from 'zod'
import { RequestError } from './errors.ts'
import type { Postgres, Queryable } from './postgres.ts'
import { readOnlyTables, rowId, writableTables, type WritableTable } from './tables.ts'

const maxOperations = 10_000

const uploadBody = z.object({
  operations: z
    .array(
      z.object({
        op: z.enum(['PUT', 'PATCH', 'DELETE']),
        table: z.string(),
        id: rowId,
        data: z.record(z.string(), z.unknown()).nullish(),
      }),
    )
    .max(maxOperations),
})

interface Operation {
  readonly op: 'PUT' | 'PATCH' | 'DELETE'
  readonly table: WritableTable
  readonly id: string
  readonly data: Record<string, unknown>
}

/**
 * Writes an upload as `user`.
 *
 * A change or removal of a row that is gone is taken as done: another client removed it first, or an answer got lost
 * and this is the second try.
 *
 * @throws {RequestError} with the index of the operation; nothing has been written then.
 */
export async function applyUpload(postgres: Postgres, user: string, body: unknown): Promise<void> {
  const parsed = uploadBody.safeParse(body)
  if (!parsed.success) throw new RequestError('bad-request', z.prettifyError(parsed.error))
  await postgres.transaction(async (transaction) => {
    // A user's devices take turns. Without it two uploads that write the same rows in different orders wait for each
    // other: of 400 uploads over 40 connections 371 failed by deadlock or timeout (Postgres 15). No upload touches rows
    // of two users.
    await transaction.query('select pg_advisory_xact_lock(hashtextextended($1, 0))', [user])
    for (const [index, operation] of parsed.data.operations.entries()) {
      try {
        await applyOperation(transaction, user, checkOperation(operation, user))
      } catch (error) {
        throw toRequestError(error, index)
      }
    }
  })
}

type RawOperation = z.infer<typeof uploadBody>['operations'][number]

function checkOperation({ op, table, id, data }: RawOperation, user: string): Operation {
  if (readOnlyTables.includes(table))
    throw new RequestError('read-only-table', `Nobody writes to ${table}.`)
  if (!isWritable(table)) throw new RequestError('unknown-table', 'There is no such table.')
  if (op === 'DELETE') return { op, table, id, data: {} }

  const { owner_id: owner, ...columns } = data ?? {}
  if (owner !== undefined && owner !== user)
    throw new RequestError('not-yours', 'A row belongs to whoever writes it.')
  const { whole, part } = writableTables[table]
  const checked = (op === 'PUT' ? whole : part).safeParse(columns)
  if (checked.success) return { op, table, id, data: checked.data }
  const isUnknown = checked.error.issues.some((issue) => issue.code === 'unrecognized_keys')
  throw new RequestError(isUnknown ? 'unknown-column' : 'bad-value', z.prettifyError(checked.error))
}

function isWritable(table: string): table is WritableTable {
  return Object.hasOwn(writableTables, table)
}

async function applyOperation(sql: Queryable, user: string, operation: Operation): Promise<void> {
  const { op, table, id, data } = operation
  const values = op === 'DELETE' ? [id, user] : [id, user, JSON.stringify(data)]
  const { rows } = await sql.query(statementOf(operation), values)
  if (rows.length > 0) return
  // Every statement names the owner: a row that exists and was not touched is someone else's.
  const { rows: found } = await sql.query(`select 1 from ${table} where id = $1`, [id])
  if (found.length > 0) throw new RequestError('not-yours', 'The row belongs to another user.')
}

/** One statement that writes only rows of the user ($2). Column names come from the table's own list. */
function statementOf({ op, table, data }: Operation): string {
  const mine = `${table}.id = $1 and ${table}.owner_id = $2`
  if (op === 'DELETE') return `delete from ${table} where ${mine} returning 1`

  const { columns } = writableTables[table]
  const given = columns.filter((column) => Object.hasOwn(data, column))
  const values = `json_populate_record(null::${table}, $3::json) given`
  if (op === 'PATCH') {
    // With the id among them an empty change is a statement too, and asks whose row it is.
    const assignments = ['id = $1', ...given.map((column) => `${column} = given.${column}`)]
    return `update ${table} set ${assignments.join(', ')} from ${values} where ${mine} returning 1`
  }
  // The client's queue leaves out nulls: a column that is not given gets its default, also in a row that exists.
  const replaced = columns.map((column) => `${column} = excluded.${column}`)
  return `
    insert into ${table} (${['id', 'owner_id', ...given].join(', ')})
    select ${['$1', '$2', ...given.map((column) => `given.${column}`)].join(', ')} from ${values}
    on conflict (id) do update set ${replaced.join(', ')} where ${table}.owner_id = $2
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
