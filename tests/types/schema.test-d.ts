import { column, Schema, Table } from '@powersync/common'
import type { PowerSyncDatabase } from '@powersync/node'
import { createPowerSyncCollection, powerSyncCollectionOptions, rows } from '@rowsignal/core'
import type { Readable } from '@rowsignal/core'
import type { StandardSchemaV1 } from '@standard-schema/spec'
import { createCollection } from '@tanstack/db'
import type { WithVirtualProps } from '@tanstack/db'
import * as v from 'valibot'
import { expectTypeOf, test } from 'vitest'
import { z } from 'zod'

declare const database: PowerSyncDatabase

const schema = new Schema({
  documents: new Table({
    name: column.text,
    author: column.text,
    created_at: column.text,
    archived: column.integer,
  }),
})
const table = schema.props.documents

/** The types of SQLite, refined. */
const refined = z.object({
  id: z.string(),
  name: z.string().min(3),
  author: z.string().optional(),
  archived: z.number().nullable(),
})

/** SQLite's types in, rich ones out. */
const transforming = z.object({
  id: z.string(),
  name: z.string().nullable(),
  created_at: z
    .string()
    .nullable()
    .transform((text) => (text === null ? null : new Date(text))),
  archived: z
    .number()
    .nullable()
    .transform((number) => (number === null ? null : number > 0)),
})

/** Rich types in and out. */
const free = z.object({ id: z.string(), created_at: z.date(), archived: z.boolean() })
const stored = z.object({
  id: z.string(),
  created_at: z.string().transform((text) => new Date(text)),
  archived: z.number().transform((number) => number > 0),
})

interface Free {
  id: string
  created_at: Date
  archived: boolean
}

test('a schema over SQLite’s types gives the row its types', () => {
  interface Refined {
    id: string
    name: string
    author?: string | undefined
    archived: number | null
  }
  const documents = createPowerSyncCollection({ database, table, schema: refined })
  expectTypeOf(documents.get('a')).branded.toEqualTypeOf<
    WithVirtualProps<Refined, string> | undefined
  >()
  expectTypeOf(documents.insert).parameter(0).toEqualTypeOf<Refined | Refined[]>()
  documents.insert({ id: 'a', name: 'Report', archived: 0 })
  // @ts-expect-error the schema asks for a name
  documents.insert({ id: 'a', archived: 0 })
  expectTypeOf(rows(documents)).toExtend<Readable<readonly Refined[]>>()
})

test('a schema that transforms takes SQLite’s types and gives rich ones', () => {
  interface In {
    id: string
    name: string | null
    created_at: string | null
    archived: number | null
  }
  interface Out {
    id: string
    name: string | null
    created_at: Date | null
    archived: boolean | null
  }
  const documents = createPowerSyncCollection({
    database,
    table,
    schema: transforming,
    serializer: {
      created_at(date) {
        expectTypeOf(date).toEqualTypeOf<Date>()
        return date.toISOString()
      },
      archived(is) {
        expectTypeOf(is).toEqualTypeOf<boolean>()
        return is ? 1 : 0
      },
    },
    onDeserializationError: ({ issues }) =>
      expectTypeOf(issues).toEqualTypeOf<readonly StandardSchemaV1.Issue[]>(),
    compare: (left, right) => {
      expectTypeOf(left).toEqualTypeOf<Out>()
      return Number(left.created_at) - Number(right.created_at)
    },
  })
  expectTypeOf(documents.get('a')).branded.toEqualTypeOf<
    WithVirtualProps<Out, string> | undefined
  >()
  expectTypeOf(documents.insert).parameter(0).toEqualTypeOf<In | In[]>()
  documents.subscribe((list) => expectTypeOf(list).toEqualTypeOf<readonly Out[]>())
  createPowerSyncCollection({
    database,
    table,
    schema: transforming,
    // @ts-expect-error a serializer gives a value that SQLite takes
    serializer: { archived: (is) => is },
  })
})

test('free input and output need a schema from what SQLite holds', () => {
  const documents = createPowerSyncCollection({
    database,
    table,
    schema: free,
    deserializationSchema: stored,
    serializer: { created_at: (date) => date.toISOString() },
  })
  expectTypeOf(documents.get('a')).branded.toEqualTypeOf<
    WithVirtualProps<Free, string> | undefined
  >()
  expectTypeOf(documents.insert).parameter(0).toEqualTypeOf<Free | Free[]>()
  documents.update('a', (draft) => {
    expectTypeOf(draft.created_at).toEqualTypeOf<Date>()
    draft.archived = true
  })
  // @ts-expect-error SQLite holds no Date and no boolean
  createPowerSyncCollection({ database, table, schema: free })
  createPowerSyncCollection({
    database,
    table,
    schema: free,
    // @ts-expect-error it gives another row than the schema
    deserializationSchema: transforming,
  })
  // @ts-expect-error what checks the writes is missing
  createPowerSyncCollection({ database, table, deserializationSchema: stored })
})

test('a schema that takes more than SQLite’s types reads by itself', () => {
  const date = z.union([z.string(), z.date()]).transform((value) => new Date(value))
  const either = z.object({ id: z.string(), created_at: date })
  const documents = createPowerSyncCollection({ database, table, schema: either })
  documents.insert([
    { id: 'a', created_at: new Date() },
    { id: 'b', created_at: '2026-12-01' },
  ])
  expectTypeOf(documents.toArray[0]!.created_at).toEqualTypeOf<Date>()
  const unknown = z.object({ id: z.string(), archived: z.preprocess(Boolean, z.boolean()) })
  createPowerSyncCollection({ database, table, schema: unknown })
})

test('any Standard Schema serves', () => {
  const schema = v.object({
    id: v.string(),
    created_at: v.pipe(
      v.string(),
      v.transform((text) => new Date(text)),
    ),
  })
  const documents = createPowerSyncCollection({ database, table, schema })
  expectTypeOf(documents.insert)
    .parameter(0)
    .toEqualTypeOf<{ id: string; created_at: string } | { id: string; created_at: string }[]>()
  expectTypeOf(documents.toArray[0]!.created_at).toEqualTypeOf<Date>()
})

test('the options give createCollection the same types', () => {
  const documents = createCollection(
    powerSyncCollectionOptions({ database, table, schema: free, deserializationSchema: stored }),
  )
  expectTypeOf(documents.get('a')).branded.toEqualTypeOf<
    WithVirtualProps<Free, string> | undefined
  >()
  expectTypeOf(documents.insert).parameter(0).toEqualTypeOf<Free | Free[]>()
  expectTypeOf(documents.utils.getMeta().trackedTableName).toEqualTypeOf<string>()
})
