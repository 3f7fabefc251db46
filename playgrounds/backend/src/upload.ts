/**
 * Uploads: what a client's queue holds, written in one Postgres transaction. All of an upload is taken or none of it,
 * and one that has a key is taken once, however often it is sent.
 *
 * What is too large for one request comes in parts, which wait in `upload_parts` until the last one is there.
 */
import { createHash } from 'node:crypto'
import { z } from 'zod'
import { firstIssue, RequestError } from './errors.ts'
import { applyOperations } from './operations.ts'
import type { Postgres, Queryable } from './postgres.ts'
import { clientId } from './tables.ts'

/** Of one request. An upload may have as many as the client's memory holds: in parts. */
const maxOperations = 10_000
export const maxUploadBytes = 1024 * 1024

const keptTransactions = 100

const uploadKey = z.object({
  client: clientId,
  transaction: z.int().min(0),
  /** Counted from 0; an upload that fits in one request is one part, the last. */
  part: z.int().min(0).max(100_000),
  isLast: z.boolean(),
})

const uploadBody = z.object({
  /** Which transaction of which client it is. Without it an upload is written each time that it is sent. */
  key: uploadKey.optional(),
  operations: z.array(z.unknown()),
})

type Key = z.infer<typeof uploadKey> & { readonly user: string }

/**
 * Writes an upload as `user`, or keeps a part of it for later.
 *
 * @throws {RequestError} with the index of the operation when one is refused; nothing has been written then.
 */
export async function applyUpload(postgres: Postgres, user: string, body: unknown): Promise<void> {
  const parsed = uploadBody.safeParse(body)
  if (!parsed.success) throw new RequestError('bad-request', firstIssue(parsed.error))
  const { key, operations } = parsed.data
  if (operations.length > maxOperations)
    throw new RequestError('body-too-large', `A request has up to ${maxOperations} operations.`)
  if (key?.isLast === false) {
    await keepPart(postgres, { ...key, user }, operations)
    return
  }
  await postgres.transaction(async (sql) => {
    // A user's devices take turns. Without it two uploads that write the same rows in different orders wait for each
    // other: of 400 uploads over 40 connections 371 failed by deadlock or timeout (Postgres 15). No upload touches rows
    // of two users.
    await sql.query('select pg_advisory_xact_lock(hashtextextended($1, 0))', [user])
    if (key === undefined) await applyOperations(operations, { sql, user, first: 0 })
    else await applyOnce(sql, { ...key, user }, operations)
  })
}

async function applyOnce(sql: Queryable, key: Key, last: readonly unknown[]): Promise<void> {
  const digest = createHash('sha256')
  const digestPage = (page: readonly unknown[]) => {
    for (const operation of page) digest.update(`${JSON.stringify(operation)}\n`)
  }
  await eachPart(sql, key, digestPage)
  digestPage(last)
  if (await isNew(sql, key, digest.digest('hex'))) {
    let first = 0
    const apply = async (page: readonly unknown[]) => {
      await applyOperations(page, { sql, user: key.user, first })
      first += page.length
    }
    await eachPart(sql, key, apply)
    await apply(last)
  }
  await prune(sql, key)
}

/** Remembers the upload; false when it has been written before. */
async function isNew(sql: Queryable, key: Key, digest: string): Promise<boolean> {
  const { rows } = await sql.query(
    `insert into uploads (user_id, client_id, transaction_id, digest) values ($1, $2, $3, $4)
     on conflict (user_id, client_id, transaction_id) do update
       set digest = excluded.digest, uploaded_at = now() where uploads.digest <> excluded.digest
     returning 1`,
    [key.user, key.client, key.transaction, digest],
  )
  return rows.length > 0
}

/** Again under the same number when the whole is sent again. */
async function keepPart(sql: Queryable, key: Key, operations: readonly unknown[]): Promise<void> {
  await sql.query(
    `insert into upload_parts (user_id, client_id, transaction_id, part, operations)
     values ($1, $2, $3, $4, $5)
     on conflict (user_id, client_id, transaction_id, part) do update
       set operations = excluded.operations, uploaded_at = now()`,
    [key.user, key.client, key.transaction, key.part, JSON.stringify(operations)],
  )
}

/** Calls back with each part that came before the last, one in memory at a time. */
async function eachPart(
  sql: Queryable,
  key: Key,
  use: (operations: readonly unknown[]) => void | Promise<void>,
): Promise<void> {
  for (let part = 0; part < key.part; part++) {
    const { rows } = await sql.query<{ operations: string }>(
      `select operations from upload_parts
        where user_id = $1 and client_id = $2 and transaction_id = $3 and part = $4`,
      [key.user, key.client, key.transaction, part],
    )
    if (rows[0] === undefined)
      throw new RequestError('part-missing', `Part ${part} is not here. Send all of them again.`)
    await use(JSON.parse(rows[0].operations) as unknown[])
  }
}

/**
 * A client sends its next transaction when it knows of the one before, so the last is the one that it may send again;
 * some more are kept for requests that the network delivers late.
 */
async function prune(sql: Queryable, key: Key): Promise<void> {
  await sql.query(
    `delete from uploads
      where (user_id = $1 and client_id = $2 and transaction_id <= $3::bigint - ${keptTransactions})
         or uploaded_at < now() - interval '90 days'`,
    [key.user, key.client, key.transaction],
  )
  await sql.query(
    `delete from upload_parts
      where (user_id = $1 and client_id = $2) or uploaded_at < now() - interval '1 day'`,
    [key.user, key.client],
  )
}
