/**
 * From rows to operations. Triggers note every row change in the transaction that makes it, whoever makes it; here the
 * changes are evaluated against the sync config and appended to the log that clients download.
 *
 * Whole source transactions at a time, in one transaction of its own: no client sees half of one, and a crash in
 * between repeats nothing and loses nothing.
 */
import { createHash } from 'node:crypto'
import type { News } from './news.ts'
import { runFile, type EmbeddedPostgres, type Postgres, type Queryable } from './postgres.ts'
import type { Progress } from './progress.ts'
import type { BucketRow, ColumnTypes, PostgresRow, SyncConfig } from './sync-config.ts'

export interface Replication {
  /** Resolves when all that was committed before the call is in the log. */
  catchUp(): Promise<void>
}

export interface ReplicationOptions {
  readonly postgres: EmbeddedPostgres
  readonly config: SyncConfig
  readonly news: News
  readonly log: (line: string) => void
  readonly startProgress: (total: number) => Progress
}

const pageRows = 5_000

/** Starts to follow the tables of the sync config; resolves when the log is up to date. */
export async function startReplication(options: ReplicationOptions): Promise<Replication> {
  const { postgres, config, news, log } = options
  await runFile(postgres, 'sync.sql')
  for (const table of config.tables) await postgres.query('select sync.capture_table($1)', [table])
  const columnsOf = await readColumnTypes(postgres)
  const replicatePage = () =>
    postgres.transaction((transaction) => replicate(transaction, config, columnsOf))

  let last: Promise<void> = Promise.resolve()
  let next: Promise<void> | undefined
  // A call joins a run that has not begun yet, never one that may already have read the queue.
  const catchUp = () => {
    next ??= last.then(async () => {
      next = undefined
      let isNew = false
      while (await replicatePage()) isNew = true
      if (isNew) news.announce()
    })
    last = next.catch(() => {})
    return next
  }

  await remakeLog(options, catchUp)
  await postgres.listen('sync_changes', () => {
    // The changes stay queued: whoever waits for them gets the error, and the next call tries again.
    catchUp().catch((error: unknown) => log(`Replication failed: ${String(error)}`))
  })
  await catchUp()
  return { catchUp }
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

interface Change {
  readonly id: string
  readonly table_name: string
  readonly before: PostgresRow | null
  readonly after: PostgresRow | null
}

/** Moves the oldest changes into the log; false when there were none. */
async function replicate(
  sql: Queryable,
  config: SyncConfig,
  columnsOf: ReadonlyMap<string, ColumnTypes>,
): Promise<boolean> {
  // A page, and the rest of the transaction that its last change belongs to.
  const { rows: changes } = await sql.query<Change>(
    `with page as (select id, transaction from sync.changes order by id limit $1)
     select id::text, table_name, before, after from sync.changes changes where id <= (
       select max(id) from sync.changes
        where transaction = (select transaction from page order by page.id desc limit 1)
     ) order by changes.id`,
    [pageRows],
  )
  const newest = changes.at(-1)
  if (newest === undefined) return false

  const operations = changes.flatMap(({ table_name: table, before, after }) => {
    const evaluate = (row: PostgresRow | null) =>
      row === null ? [] : config.evaluate(table, row, columnsOf.get(table) ?? new Map())
    return toOperations(evaluate(before), evaluate(after))
  })
  await sql.query(
    `with added as (
       insert into sync.operations (bucket, checksum, members)
       select bucket, checksum, members
         from rows from (
           json_to_recordset($1::json) as (bucket text, checksum bigint, members text)
         ) with ordinality order by ordinality
       returning bucket, checksum
     )
     insert into sync.buckets (bucket, count, checksum)
     select bucket, count(*), sum(checksum) % 4294967296 from added group by bucket
     on conflict (bucket) do update set
       count = buckets.count + excluded.count,
       checksum = (buckets.checksum + excluded.checksum) % 4294967296`,
    [JSON.stringify(operations)],
  )
  await sql.query('delete from sync.changes where id <= $1', [newest.id])
  return true
}

interface Operation {
  readonly bucket: string
  readonly checksum: number
  readonly members: string
}

/** A row leaves the buckets that it was in and is no longer in, and is put into all that it is in now. */
function toOperations(before: BucketRow[], after: BucketRow[]): Operation[] {
  const left = before.filter(
    (old) =>
      !after.some(
        ({ bucket, id, type }) => old.bucket === bucket && old.id === id && old.type === type,
      ),
  )
  return [
    ...left.map(({ bucket, type, id }) =>
      toOperation(bucket, checksumOf(`delete.${type}/${id}`), {
        op: 'REMOVE',
        object_type: type,
        object_id: id,
      }),
    ),
    ...after.map(({ bucket, type, id, data }) =>
      toOperation(bucket, checksumOf(`put.${type}.${id}.${data}`), {
        op: 'PUT',
        object_type: type,
        object_id: id,
        data,
      }),
    ),
  ]
}

function toOperation(bucket: string, checksum: number, content: object): Operation {
  return { bucket, checksum, members: JSON.stringify({ ...content, checksum }).slice(1, -1) }
}

/** Clients add checksums up and compare them with the bucket's, so any stable 32 bits do. */
function checksumOf(text: string): number {
  return createHash('sha256').update(text).digest().readUInt32LE(0)
}

/**
 * Makes the log anew from all rows when the sync config is another one than last time. Clients notice by the
 * checksums, and download their buckets again.
 */
async function remakeLog(options: ReplicationOptions, catchUp: () => Promise<void>): Promise<void> {
  const { postgres, config, startProgress } = options
  const { rows: same } = await postgres.query('select 1 from sync.config where digest = $1', [
    config.digest,
  ])
  if (same.length > 0) return

  // Ids are not restarted: a client may hold the old ones.
  await postgres.exec(
    'delete from sync.config; truncate sync.operations, sync.buckets, sync.changes',
  )
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
