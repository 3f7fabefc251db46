/**
 * What no library can go below. Bare SQL: the rows of a demand as one JSON string, parsed. Held: the same in a collection of
 * TanStack DB that knows what is asked of it beforehand, and follows nothing.
 */
import type { CommonPowerSyncDatabase } from '@powersync/common'
import * as db from '@tanstack/db'
import type { Place } from './schema.ts'
import { after, byQueries, type Shown, type Subject } from './subject.ts'

/** A column as the SDK's indexes have it. */
const stored = (name: string, type: string): string =>
  `CAST(json_extract(data, '$.${name}') AS ${type})`
const population = stored('population', 'INTEGER')
const search = stored('search', 'TEXT')

async function read(
  database: CommonPowerSyncDatabase,
  where: string,
  parameters: unknown[],
): Promise<Place[]> {
  const { json } = await database.get<{ json: string }>(
    `SELECT '[' || ifnull(group_concat('[' || json_quote(id) || ',' || data || ']'), '') || ']' AS json
     FROM (SELECT id, data FROM ps_data__places WHERE ${where})`,
    parameters,
  )
  return (JSON.parse(json) as [string, Place][]).map(([id, data]) => ({ ...data, id }))
}

const reads = (database: CommonPowerSyncDatabase) => ({
  batch: (batch: number) => read(database, `${stored('batch', 'INTEGER')} = ?`, [batch]),
  page: (rows: number) => read(database, `TRUE ORDER BY ${population} DESC LIMIT ?`, [rows]),
  next: (last: number, rows: number) =>
    read(database, `${population} < ? ORDER BY ${population} DESC LIMIT ?`, [last, rows]),
  search: (prefix: string) =>
    read(database, `${search} >= ? AND ${search} < ? ORDER BY ${population} DESC LIMIT 50`, [
      prefix,
      after(prefix),
    ]),
  row: (id: string) => read(database, 'id = ?', [id]),
})

export const sql: Subject = {
  open(database) {
    const { batch, page, next, search: searched, row } = reads(database)
    let size = 0
    const shown = (rows: Place[]): Shown => {
      size = rows.length
      return {
        size: () => rows.length,
        shows: (id) => async () => void (await row(id)),
        close: async () => undefined,
      }
    }
    return {
      batch: async (number) => shown(await batch(number)),
      async page(count) {
        const rows = await page(count)
        return {
          ...shown(rows),
          more: async (more) => void rows.push(...(await next(rows.at(-1)!.population, more))),
        }
      },
      search: async (prefix) => shown(await searched(prefix)),
      size: () => size,
      close: async () => undefined,
    }
  },
}

export const held: Subject = {
  open(database) {
    const { batch, page, next, search: searched, row } = reads(database)
    /** The read of the next demand; one that has none comes after a page and asks for its ties. */
    let asked: (() => Promise<Place[]>) | undefined
    let apply: (rows: readonly Place[]) => Promise<unknown> = async () => undefined
    const places = db.createCollection<Place, string>({
      getKey: ({ id }) => id,
      autoIndex: 'eager',
      defaultIndexType: db.BasicIndex,
      syncMode: 'on-demand',
      startSync: true,
      sync: {
        rowUpdateMode: 'full',
        sync({ begin, write, commit, markReady }) {
          apply = async (rows) => {
            begin()
            for (const value of rows) write({ type: 'update', value })
            const { promise } = commit() as unknown as { promise?: Promise<unknown> }
            await promise
          }
          markReady()
          return {
            loadSubset: () => {
              const load = asked
              asked = undefined
              return load === undefined
                ? true
                : load()
                    .then(apply)
                    .then(() => undefined)
            },
            unloadSubset: () => undefined,
          }
        },
      },
    })
    const queries = byQueries(db, places)
    const asking = async <T>(load: () => Promise<Place[]>, open: () => Promise<T>): Promise<T> => {
      asked = load
      return open()
    }
    const following = <S extends Shown>(shown: S): S => ({
      ...shown,
      shows(id: string, note: string) {
        const settled = shown.shows(id, note)
        return async () => {
          await apply(await row(id))
          await settled()
        }
      },
    })
    return {
      ...queries,
      batch: async (number) =>
        following(
          await asking(
            () => batch(number),
            () => queries.batch(number),
          ),
        ),
      async page(count) {
        let last = 0
        const noting = (rows: Place[]): Place[] => {
          last = rows.at(-1)!.population
          return rows
        }
        const shown = await asking(
          () => page(count).then(noting),
          () => queries.page(count),
        )
        return {
          ...following(shown),
          more: (more) =>
            asking(
              () => next(last, more).then(noting),
              () => shown.more(more),
            ),
        }
      },
      search: (prefix) =>
        asking(
          () => searched(prefix),
          () => queries.search(prefix),
        ),
    }
  },
}
