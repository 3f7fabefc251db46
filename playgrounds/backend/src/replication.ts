/**
 * From rows to operations. Triggers note every row change in the transaction that makes it, whoever makes it; here the
 * changes are evaluated against the sync config and appended to the log that clients download.
 *
 * Whole source transactions at a time, in one transaction of its own: no client sees half of one, and a crash in
 * between repeats nothing and loses nothing.
 */
import { createHash } from 'node:crypto'
import {
  bucketColumns,
  type BucketLog,
  type BucketRow,
  type BucketState,
  toBucketState,
} from './bucket-log.ts'
import { compact, isWorthCompacting } from './compaction.ts'
import type { EmbeddedPostgres, Postgres, Queryable } from './postgres.ts'
import type { Progress } from './progress.ts'
import type { ColumnTypes, PostgresRow, SyncConfig, SyncedRow } from './sync-config.ts'

export interface Replication {
  /** Resolves when all that was committed before the call is in the log. */
  catchUp(): Promise<void>
  /** Stops after the page that is being written; what is queued then waits for the next start. */
  stop(): Promise<void>
}

export interface ReplicationOptions {
  readonly postgres: EmbeddedPostgres
  readonly config: SyncConfig
  readonly bucketLog: BucketLog
  readonly log: (line: string) => void
  readonly startProgress: (total: number) => Progress
}

const pageRows = 5_000
/** Nothing else takes away what is deleted, such as the changes that are in the log: an embedded Postgres has no autovacuum. */
const deletedToVacuum = 20_000

/** Starts to follow the tables of the sync config; resolves when the log is up to date. */
export async function startReplication(options: ReplicationOptions): Promise<Replication> {
  const { postgres, config, bucketLog, log } = options
  for (const table of config.tables) await postgres.query('select sync.capture_table($1)', [table])
  const source: Source = { config, columnsOf: await readColumnTypes(postgres) }
  let isStopped = false
  let deletedSinceVacuum = 0

  const run = async () => {
    for (;;) {
      if (isStopped) throw new Error('The backend is stopping.')
      const done = await postgres.transaction((transaction) => replicate(transaction, source))
      if (done.changes === 0) break
      bucketLog.advance([...done.states.values()])
      deletedSinceVacuum += done.changes
    }
    for (const { bucket, count } of [...bucketLog.states()].filter(isWorthCompacting)) {
      bucketLog.advance(await compact(postgres, bucket))
      deletedSinceVacuum += count
    }
    if (deletedSinceVacuum < deletedToVacuum) return
    deletedSinceVacuum = 0
    await postgres.exec('vacuum sync.changes, sync.operations, sync.buckets')
  }

  let last: Promise<void> = Promise.resolve()
  let next: Promise<void> | undefined
  // A call joins a run that has not begun yet, never one that may already have read the queue.
  const catchUp = () => {
    next ??= last.then(() => {
      next = undefined
      return run()
    })
    last = next.catch(() => {})
    return next
  }

  await remakeLog(options, catchUp)
  await postgres.listen('sync_changes', () => {
    // The changes stay queued: whoever waits for them gets the error, and the next call tries again.
    catchUp().catch((error: unknown) => {
      if (!isStopped) log(`Replication failed: ${String(error)}`)
    })
  })
  await catchUp()
  return {
    catchUp,
    stop() {
      isStopped = true
      return last
    },
  }
}

async function readColumnTypes(postgres: Postgres): Promise<Map<string, ColumnTypes>> {
  const { rows } = await postgres.query<{ table: string; column: string; type: string }>(
    `select table_name "table", column_name "column", data_type "type"
       from information_schema.columns where table_schema = 'public'`,
  )
  const columnsOf = new Map<string, Map<string, string>>()
  for (const { table, column, type } of rows) {
    const columns = columnsOf.get(table) ?? new Map<string, string>()
    columnsOf.set(table, columns.set(column, type))
  }
  return columnsOf
}

interface Source {
  readonly config: SyncConfig
  readonly columnsOf: ReadonlyMap<string, ColumnTypes>
}

interface Change {
  readonly id: string
  readonly transaction: string
  readonly table_name: string
  readonly before: PostgresRow | null
  readonly after: PostgresRow | null
}

interface Replicated {
  readonly changes: number
  readonly states: ReadonlyMap<string, BucketState>
}

/** Moves the oldest changes into the log: a page, and the rest of the transaction that its last change belongs to. */
async function replicate(sql: Queryable, source: Source): Promise<Replicated> {
  const states = new Map<string, BucketState>()
  let count = 0
  for (;;) {
    const { rows: changes } = await sql.query<Change>(
      `select id::text, transaction::text, table_name, before, after
         from sync.changes order by changes.id limit $1`,
      [pageRows],
    )
    const newest = changes.at(-1)
    if (newest === undefined) break
    count += changes.length
    for (const state of await appendOperations(sql, toOperations(changes, source)))
      states.set(state.bucket, state)
    await sql.query('delete from sync.changes where id <= $1', [newest.id])
    const { rows: rest } = await sql.query<{ transaction: string }>(
      'select transaction::text from sync.changes order by id limit 1',
    )
    if (rest[0]?.transaction !== newest.transaction) break
  }
  return { changes: count, states }
}

async function appendOperations(
  sql: Queryable,
  operations: readonly Operation[],
): Promise<BucketState[]> {
  const live = new Map<string, number>()
  for (const { bucket, added } of operations) live.set(bucket, (live.get(bucket) ?? 0) + added)
  const { rows } = await sql.query<BucketRow>(
    `with added as (
       insert into sync.operations (bucket, checksum, members)
       select bucket, checksum, members
         from rows from (
           json_to_recordset($1::json) as (bucket text, checksum bigint, members text)
         ) with ordinality order by ordinality
       returning op_id, bucket, checksum
     )
     insert into sync.buckets (bucket, count, checksum, live, last_op)
     select bucket, count(*), sum(checksum) % 4294967296, live.rows::bigint, max(op_id)
       from added join json_each_text($2::json) live (bucket, rows) using (bucket)
      group by bucket, live.rows
     on conflict (bucket) do update set
       count = buckets.count + excluded.count,
       checksum = (buckets.checksum + excluded.checksum) % 4294967296,
       live = buckets.live + excluded.live,
       last_op = excluded.last_op
     returning ${bucketColumns}`,
    [JSON.stringify(operations), JSON.stringify(Object.fromEntries(live))],
  )
  return rows.map(toBucketState)
}

interface Operation {
  readonly bucket: string
  readonly checksum: number
  readonly members: string
  /** How many rows more are in the bucket after it: 1, 0 or -1. */
  readonly added: number
}

function toOperations(changes: readonly Change[], { config, columnsOf }: Source): Operation[] {
  return changes.flatMap(({ table_name: table, before, after }) => {
    const evaluate = (row: PostgresRow | null) =>
      row === null ? [] : config.evaluate(table, row, columnsOf.get(table) ?? new Map())
    return operationsOf(evaluate(before), evaluate(after))
  })
}

/** A row leaves the buckets that it was in and is no longer in, and is put into all that it is in now. */
function operationsOf(before: SyncedRow[], after: SyncedRow[]): Operation[] {
  const isIn = (rows: SyncedRow[], { bucket, type, id }: SyncedRow) =>
    rows.some((row) => row.bucket === bucket && row.id === id && row.type === type)
  return [
    ...before
      .filter((old) => !isIn(after, old))
      .map(({ bucket, type, id }) => ({
        bucket,
        added: -1,
        ...toContent(`delete.${type}/${id}`, { op: 'REMOVE', object_type: type, object_id: id }),
      })),
    ...after.map((row) => ({
      bucket: row.bucket,
      added: isIn(before, row) ? 0 : 1,
      ...toContent(`put.${row.type}.${row.id}.${row.data}`, {
        op: 'PUT',
        object_type: row.type,
        object_id: row.id,
        data: row.data,
      }),
    })),
  ]
}

/** Clients add checksums up and compare them with the bucket's, so any stable 32 bits do. */
function toContent(identity: string, content: object): { checksum: number; members: string } {
  const checksum = createHash('sha256').update(identity).digest().readUInt32LE(0)
  return { checksum, members: JSON.stringify({ ...content, checksum }).slice(1, -1) }
}

/**
 * Makes the log anew from all rows when the sync config is another one than last time. Clients notice by the
 * checksums, and download their buckets again.
 */
async function remakeLog(options: ReplicationOptions, catchUp: () => Promise<void>): Promise<void> {
  const { postgres, config, bucketLog, startProgress } = options
  const { rows: same } = await postgres.query('select 1 from sync.config where digest = $1', [
    config.digest,
  ])
  if (same.length > 0) return

  // Ids are not restarted: a client may hold the old ones.
  await postgres.exec(
    'delete from sync.config; truncate sync.operations, sync.buckets, sync.changes',
  )
  await bucketLog.reload()
  for (const table of config.tables) {
    const { rows } = await postgres.query<{ count: string }>(`select count(*)::text from ${table}`)
    const total = Number(rows[0]?.count)
    if (total === 0) continue
    const progress = startProgress(total)
    for (let done = 0, lastId = ''; done < total;) {
      const { rows: page } = await postgres.query<{ count: number; last_id: string }>(
        `with page as (select * from ${table} where id > $1 order by id limit $2),
              queued as (insert into sync.changes (table_name, after)
                         select $3, to_json(page) from page)
         select count(*)::int, max(id) last_id from page`,
        [lastId, pageRows, table],
      )
      done += page[0]?.count ?? 0
      lastId = page[0]?.last_id ?? ''
      await catchUp()
      progress.update(done)
    }
  }
  await postgres.query('insert into sync.config values ($1)', [config.digest])
}
