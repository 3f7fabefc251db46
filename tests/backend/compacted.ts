/** What is done to rows until their log is worth compacting, and what a client downloads then. */
import type { TestBackend } from '../support/backend.ts'
import {
  operationsOf,
  readSyncLines,
  readSyncLinesUntil,
  type SyncLine,
} from '../support/sync-client.ts'

export const isComplete = (line: SyncLine) => line.checkpoint_complete !== undefined

/** Three trips, the first of which is changed `times` times, a statement at a time. */
export async function churn({ postgres }: TestBackend, times: number): Promise<void> {
  await postgres.exec(`
    insert into trips (id, owner_id, name)
      select id, '1', 'Lapland' from unnest('{a,b,c}'::text[]) id on conflict do nothing;
    do $$ begin
      for n in 1..${times} loop update trips set name = 'Lapland ' || n where id = 'a'; end loop;
    end $$`)
}

export async function download(backend: TestBackend, positions?: Map<string, string>) {
  const options = { token: await backend.token(), ...(positions && { positions }) }
  const lines = await readSyncLinesUntil(readSyncLines(backend.url, options), isComplete)
  const operations = operationsOf(lines)
  const [trips] = lines[0]?.checkpoint?.buckets ?? []
  return { operations, trips }
}
