/**
 * Keeps the log from growing with what has long been overwritten: a bucket that holds more of it than rows is written
 * anew. Its operations give way to a CLEAR, on which clients forget the bucket, and one PUT for each row in it, both
 * with new ids: a new client downloads its rows and no history, and one that has been away goes on from wherever it was.
 */
import { bucketColumns, type BucketRow, type BucketState, toBucketState } from './bucket-log.ts'
import type { Queryable } from './postgres.ts'

/** So few are not worth it: a page has half as many. */
const spare = 1_000

/** Each row is sent again at most once for each operation that it saves, since as many have to come first. */
export function isWorthCompacting({ count, live }: BucketState): boolean {
  return count > 2 * live + spare
}

/** Writes a bucket anew; what it is then. Nothing may be replicated at the same time. */
export async function compact(postgres: Queryable, bucket: string): Promise<BucketState[]> {
  const { rows } = await postgres.query<BucketRow>(
    `with gone as (
         delete from sync.operations where bucket = $1 returning op_id, checksum, members
       ), latest as (
         select distinct on (type, id) op_id, op, checksum, members
           from gone, json_to_record(('{' || members || '}')::json)
             as content (op text, object_type text, object_id text),
           lateral (select object_type as type, object_id as id) row
          order by type, id, op_id desc
       ), added as (
         insert into sync.operations (bucket, checksum, members)
         select $1, checksum, members from (
           select 0::bigint op_id, 0::bigint checksum, '"op":"CLEAR","checksum":0' members
           union all
           select op_id, checksum, members from latest where op = 'PUT'
         ) kept order by op_id
         returning op_id, checksum
       )
       update sync.buckets set (count, checksum, live, last_op) = (
         select count(*), sum(checksum) % 4294967296, count(*) - 1, max(op_id) from added
       ) where bucket = $1
       returning ${bucketColumns}`,
    [bucket],
  )
  return rows.map(toBucketState)
}
