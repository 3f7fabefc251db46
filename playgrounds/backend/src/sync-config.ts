/**
 * `sync-streams.yaml`, evaluated by PowerSync's own library, so that the embedded endpoint and a real PowerSync
 * Service sync the same rows to the same users.
 */
import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import type { BucketPriority, SqliteInputValue, SqliteRow } from '@powersync/service-sync-rules'
import type { Session } from './auth.ts'
import { RequestError } from './errors.ts'

/** What the log is made of. A log of another format is made anew, like one of another sync config. */
const logFormat = '2'

// @powersync/service-sync-rules 0.38.1 calls Object.groupBy, which Node has from 21 on.
if (!('groupBy' in Object)) Object.assign(Object, { groupBy })
const {
  DateTimeValue,
  DEFAULT_HYDRATION_STATE,
  RequestParameters,
  SqlSyncRules,
  TimeValuePrecision,
} = await import('@powersync/service-sync-rules')

/** One row in one bucket, ready to be sent. */
export interface SyncedRow {
  readonly bucket: string
  readonly type: string
  readonly id: string
  readonly data: string
}

/** A stream that a client asked for. */
export interface Subscription {
  readonly stream: string
  readonly parameters: Record<string, unknown> | null
  readonly priority: BucketPriority | null
}

export interface ClientBucket {
  readonly bucket: string
  readonly priority: BucketPriority
  /** Why the client has it: a default stream (index into `streams`) or its own subscription (index). */
  readonly reasons: readonly ({ default: number } | { sub: number })[]
}

export interface ClientBuckets {
  readonly streams: { name: string; is_default: boolean; errors: unknown[] }[]
  readonly buckets: ClientBucket[]
}

export interface SyncConfig {
  /** Changes when the file changes, or what is made of it. */
  readonly digest: string
  readonly tables: readonly string[]
  /** The buckets that a row of `table` belongs to. `row` is Postgres' `to_json` of it, with the types of `columns`. */
  evaluate(table: string, row: PostgresRow, columns: ColumnTypes): SyncedRow[]
  /** What a signed-in client may download. @throws {RequestError} `unknown-stream`. */
  bucketsOf(request: ClientRequest): ClientBuckets
}

export type PostgresRow = Record<string, unknown>
/** Column name → Postgres type. */
export type ColumnTypes = ReadonlyMap<string, string>

export interface ClientRequest {
  readonly session: Session
  readonly parameters: Record<string, unknown>
  readonly includeDefaults: boolean
  readonly subscriptions: readonly Subscription[]
}

/** @throws {Error} when the file is wrong, or needs what only the real service can do. */
export async function readSyncConfig(file: URL): Promise<SyncConfig> {
  const yaml = await readFile(file, 'utf8')
  const { config } = SqlSyncRules.fromYaml(yaml, { defaultSchema: 'public', throwOnError: true })
  const hydrated = config.hydrate({ hydrationState: DEFAULT_HYDRATION_STATE, sqlite: null })
  const sourceTable = (name: string) => ({ connectionTag: 'default', schema: 'public', name })
  const tables = hydrated.getSourceTables().map(({ tablePattern }) => tablePattern)
  const looksUp = tables.find((table) => hydrated.tableSyncsParameters(sourceTable(table)))
  if (looksUp !== undefined)
    throw new Error(
      `A stream looks something up in ${looksUp}. The embedded sync endpoint cannot do that; a PowerSync Service can.`,
    )
  const streams = hydrated.bucketSourceDefinitions.map(({ name, subscribedToByDefault }) => ({
    name,
    is_default: subscribedToByDefault,
    errors: [],
  }))

  const names = new Set(streams.map(({ name }) => name))

  return {
    digest: createHash('sha256').update(logFormat).update(yaml).digest('hex'),
    tables,
    evaluate(table, row, columns) {
      const record = hydrated.applyRowContext(toSourceRow(row, columns)) as SqliteRow
      return hydrated.evaluateRow({ sourceTable: sourceTable(table), record }).map((found) => ({
        bucket: found.bucket,
        type: found.table,
        id: found.id,
        data: toJson(found.data),
      }))
    },
    bucketsOf({ session, parameters, includeDefaults, subscriptions }) {
      const { user } = session
      const unknown = subscriptions.find(({ stream }) => !names.has(stream))
      if (unknown !== undefined)
        throw new RequestError('unknown-stream', `There is no stream ${unknown.stream}.`)
      const token = { parsedPayload: { sub: user }, userIdJson: user }
      const { querier, errors } = hydrated.getBucketParameterQuerier({
        globalParameters: new RequestParameters(token, parameters),
        hasDefaultStreams: includeDefaults,
        streams: requestedStreams(subscriptions),
      })
      if (errors[0] !== undefined) throw new Error(errors[0].message)
      return { streams, buckets: mergeBuckets(querier.staticBuckets, streams) }
    },
  }
}

type Querier = ReturnType<
  ReturnType<
    ReturnType<typeof SqlSyncRules.fromYaml>['config']['hydrate']
  >['getBucketParameterQuerier']
>['querier']

function requestedStreams(subscriptions: readonly Subscription[]) {
  const requested = subscriptions.map(({ stream, parameters, priority }, index) => ({
    stream,
    opaque_id: index,
    parameters: parameters as never,
    priorityOverride: priority,
  }))
  return groupBy(requested, ({ stream }) => stream)
}

type Reason = ClientBucket['reasons'][number]

/** A bucket that several streams or subscriptions ask for comes once, with the most urgent of their priorities. */
function mergeBuckets(
  found: Querier['staticBuckets'],
  streams: ClientBuckets['streams'],
): ClientBucket[] {
  const byName = new Map<string, { priority: BucketPriority; reasons: Reason[] }>()
  for (const { bucket, priority, definition, inclusion_reasons } of found) {
    const merged = byName.get(bucket) ?? { priority, reasons: [] }
    byName.set(bucket, merged)
    if (priority < merged.priority) merged.priority = priority
    const stream = streams.findIndex(({ name }) => name === definition)
    for (const reason of inclusion_reasons)
      merged.reasons.push(reason === 'default' ? { default: stream } : { sub: reason.subscription })
  }
  return [...byName].map(([bucket, merged]) => ({ bucket, ...merged }))
}

/** The values as the service's Postgres source hands them to the sync config. */
function toSourceRow(row: PostgresRow, columns: ColumnTypes): SqliteRow<SqliteInputValue> {
  const microseconds = TimeValuePrecision.microseconds
  const precision = {
    subSecondPrecision: microseconds,
    defaultSubSecondPrecision: microseconds,
  }
  const source: SqliteRow<SqliteInputValue> = {}
  for (const [column, value] of Object.entries(row)) {
    const type = columns.get(column)
    if (value === null) source[column] = null
    else if (typeof value === 'boolean') source[column] = value ? 1n : 0n
    else if (type === 'integer') source[column] = BigInt(value as number)
    else if (type === 'timestamp with time zone')
      source[column] = new DateTimeValue(
        (value as string).replace('+00:00', 'Z'),
        undefined,
        precision,
      )
    else source[column] = value as string | number
  }
  return source
}

/**
 * The library's integers are bigints, and those of our tables are 32 bits wide. Not by a replacer: wa-sqlite, when it
 * runs in the same process, gives bigints a `toJSON` that comes first and makes them strings.
 */
function toJson(row: object): string {
  const entries = Object.entries(row).map(([column, value]: [string, unknown]) => [
    column,
    typeof value === 'bigint' ? Number(value) : value,
  ])
  return JSON.stringify(Object.fromEntries(entries))
}

function groupBy<Item, Key extends PropertyKey>(
  items: Iterable<Item>,
  keyOf: (item: Item, index: number) => Key,
): Record<Key, Item[]> {
  const groups = Object.create(null) as Record<Key, Item[]>
  let index = 0
  for (const item of items) {
    const group = (groups[keyOf(item, index++)] ??= [])
    group.push(item)
  }
  return groups
}
