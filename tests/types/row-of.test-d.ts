import { column, Schema, Table } from '@powersync/common'
import type { PowerSyncDatabase } from '@powersync/node'
import {
  booleanColumn,
  createPowerSyncCollection,
  dateColumn,
  type InferPowerSyncOutputType,
  liveQuery,
  type PowerSyncCollectionConfig,
  type PowerSyncCollectionMeta,
  powerSyncCollectionOptions,
  type PowerSyncCollectionUtils,
  type RowOf,
} from '@rowsignal/core'
import { useRows } from '@rowsignal/vue'
import {
  createCollection,
  createLiveQueryCollection,
  eq,
  localOnlyCollectionOptions,
} from '@tanstack/db'
import { expectTypeOf, test } from 'vitest'
import { z } from 'zod'

declare const database: PowerSyncDatabase
const { notes } = new Schema({
  notes: new Table({ title: column.text, done: column.integer, made: column.text }),
}).props

const plain = createPowerSyncCollection({ database, table: notes })
const rich = createPowerSyncCollection({
  database,
  table: notes,
  columns: { done: booleanColumn(), made: dateColumn() },
})
const checked = z.object({ id: z.string(), title: z.string().optional(), made: z.coerce.date() })

interface Note {
  id: string
  title: string | null
  done: boolean | null
  made: Date | null
}

test('RowOf is the row of a collection, however its types were said', () => {
  expectTypeOf<RowOf<typeof rich>>().toEqualTypeOf<Note>()
  expectTypeOf<RowOf<typeof plain>>().toEqualTypeOf<{
    id: string
    title: string | null
    done: number | null
    made: string | null
  }>()
  const bySchema = createPowerSyncCollection({ database, table: notes, schema: checked })
  expectTypeOf<RowOf<typeof bySchema>>().toEqualTypeOf<{
    id: string
    title?: string | undefined
    made: Date
  }>()
  const made = createCollection(powerSyncCollectionOptions({ database, table: notes }))
  expectTypeOf<RowOf<typeof made>>().toEqualTypeOf<RowOf<typeof plain>>()
  const local = createCollection(
    localOnlyCollectionOptions({ getKey: (row: { key: number; name: string }) => row.key }),
  )
  expectTypeOf<RowOf<typeof local>>().toEqualTypeOf<{ key: number; name: string }>()
})

test('RowOf is the row of a live query', () => {
  const open = liveQuery((q) => q.from({ note: rich }).where(({ note }) => eq(note.done, false)))
  expectTypeOf<RowOf<typeof open>>().toEqualTypeOf<Note>()
  const titles = createLiveQueryCollection((q) =>
    q.from({ note: rich }).select(({ note }) => ({ id: note.id, made: note.made })),
  )
  expectTypeOf<RowOf<typeof titles>>().toEqualTypeOf<{ id: string; made: Date | null }>()
  const one = liveQuery((q) => q.from({ note: rich }).findOne())
  expectTypeOf<RowOf<typeof one>>().toEqualTypeOf<Note>()
})

test('rows of hooks and plain objects are rows', () => {
  const label = (note: RowOf<typeof rich>) => note.title
  label(useRows(rich).rows.value[0]!)
  label(rich.get('a')!)
  label({ id: 'a', title: null, done: true, made: new Date() })
  // @ts-expect-error a column is missing
  label({ id: 'a', title: null })
})

test('the type names of @tanstack/powersync-db-collection serve', () => {
  const utils: PowerSyncCollectionUtils<typeof notes> = plain.utils
  const meta: PowerSyncCollectionMeta<typeof notes> = utils.getMeta()
  expectTypeOf(meta.serializeValue({ id: 'a' })).toHaveProperty('done')
  expectTypeOf(meta.tableName).toEqualTypeOf<string>()
  expectTypeOf<InferPowerSyncOutputType<typeof notes>['done']>().toEqualTypeOf<number | null>()
  expectTypeOf<
    InferPowerSyncOutputType<typeof notes, typeof checked>['made']
  >().toEqualTypeOf<Date>()
  const config: PowerSyncCollectionConfig<typeof notes> = { database, table: notes }
  createCollection(powerSyncCollectionOptions(config))
  const withSchema: PowerSyncCollectionConfig<typeof notes, typeof checked> = {
    database,
    table: notes,
    schema: checked,
  }
  const made = createCollection(powerSyncCollectionOptions(withSchema))
  expectTypeOf(made.toArray[0]!.made).toEqualTypeOf<Date>()
})
