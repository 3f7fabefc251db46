/**
 * The documented examples of `@tanstack/powersync-db-collection` 0.1.69 (its docs page, its docstrings, and the skill
 * that @tanstack/db 0.15.2 ships), with nothing changed but the import.
 */
import { column, Schema, Table } from '@powersync/common'
import { powerSyncCollectionOptions, PowerSyncTransactor } from '@rowsignal/core'
import { createCollection, createTransaction, safeRandomUUID } from '@tanstack/db'
import { afterEach, expect, expectTypeOf, test, vi } from 'vitest'
import { z } from 'zod'
import { openDatabase } from '../../support/database.ts'
import { eventually } from '../../support/eventually.ts'

const APP_SCHEMA = new Schema({
  documents: new Table(
    {
      name: column.text,
      author: column.text,
      created_at: column.text,
      archived: column.integer,
      is_active: column.integer,
    },
    { trackMetadata: true },
  ),
})

/** No example but that of option 2 has a row that its schema refuses. */
const fatal = vi.fn<(error: { issues: readonly { message: string }[] }) => void>()

afterEach(() => expect(fatal).not.toHaveBeenCalled())

const open = (): ReturnType<typeof openDatabase> => openDatabase(APP_SCHEMA)

test('option 1: the types of the table', async () => {
  const db = await open()
  const documentsCollection = createCollection(
    powerSyncCollectionOptions({ database: db, table: APP_SCHEMA.props.documents }),
  )
  const id = safeRandomUUID()
  const tx = documentsCollection.insert({ id, name: 'Report', archived: 0 })
  await tx.isPersisted.promise
  expect(documentsCollection.get(id)).toMatchObject({ name: 'Report', archived: 0, author: null })
  expectTypeOf(documentsCollection.toArray[0]!.archived).toEqualTypeOf<number | null>()
  expect(await db.getAll('SELECT name, archived FROM documents')).toEqual([
    { name: 'Report', archived: 0 },
  ])
})

test('option 2: SQLite’s types with a schema that validates', async () => {
  const db = await open()
  const schema = z.object({
    id: z.string(),
    name: z.string().min(3, { message: 'Should be at least 3 characters' }),
    author: z.string(),
    created_at: z.string(),
    archived: z.number(),
  })
  const messages: string[] = []
  const documentsCollection = createCollection(
    powerSyncCollectionOptions({
      database: db,
      table: APP_SCHEMA.props.documents,
      schema,
      onDeserializationError: (error) => messages.push(error.issues[0]!.message),
    }),
  )
  const valid = { id: 'a', name: 'Report', author: 'Me', created_at: 'today', archived: 0 }
  await documentsCollection.insert(valid).isPersisted.promise
  expect(() => documentsCollection.insert({ ...valid, id: 'b', name: 'aa' })).toThrow(
    'Should be at least 3 characters',
  )
  await db.execute(
    "INSERT INTO documents(id, name, author, created_at, archived) VALUES ('c', 'aa', '', '', 0)",
  )
  await eventually(() => expect(messages).toEqual(['Should be at least 3 characters']))
  expect([...documentsCollection.keys()]).toEqual(['a'])
})

test('option 3: SQLite’s types in, rich types out', async () => {
  const db = await open()
  const schema = z.object({
    id: z.string(),
    name: z.string().nullable(),
    created_at: z
      .string()
      .nullable()
      .transform((val) => (val ? new Date(val) : null)),
    archived: z
      .number()
      .nullable()
      .transform((val) => (val != null ? val > 0 : null)),
  })
  const documentsCollection = createCollection(
    powerSyncCollectionOptions({
      database: db,
      table: APP_SCHEMA.props.documents,
      schema,
      onDeserializationError: fatal,
      serializer: {
        created_at: (value) => (value ? value.toISOString() : null),
      },
    }),
  )
  const created_at = '2026-12-01T10:00:00.000Z'
  const insert = documentsCollection.insert({ id: 'a', name: 'Report', created_at, archived: 1 })
  const rich = { name: 'Report', created_at: new Date(created_at), archived: true }
  expect(documentsCollection.get('a')).toMatchObject(rich)
  await insert.isPersisted.promise
  expect(documentsCollection.get('a')).toMatchObject(rich)
  expectTypeOf(documentsCollection.toArray[0]!.created_at).toEqualTypeOf<Date | null>()
  expect(await db.get('SELECT created_at, archived FROM documents')).toEqual({
    created_at,
    archived: 1,
  })
})

test('option 3 of the docstring: a required column, and a serializer for a date', async () => {
  const db = await open()
  const schema = z.object({
    id: z.string(),
    name: z.string().min(3, { message: 'Should be at least 3 characters' }).nullable(),
    created_at: z.string().transform((val) => new Date(val)),
  })
  const collection = createCollection(
    powerSyncCollectionOptions({
      database: db,
      table: APP_SCHEMA.props.documents,
      schema,
      serializer: { created_at: (outputValue) => outputValue.toISOString() },
    }),
  )
  await collection.insert({ id: 'a', name: null, created_at: '2026-12-01' }).isPersisted.promise
  expect(collection.get('a')).toMatchObject({ created_at: new Date('2026-12-01') })
  expect(await db.get('SELECT created_at FROM documents')).toEqual({
    created_at: '2026-12-01T00:00:00.000Z',
  })
})

test('option 4: input and output of one’s own, with a deserializationSchema', async () => {
  const db = await open()
  const schema = z.object({
    id: z.string(),
    name: z.string(),
    created_at: z.date(),
    archived: z.boolean(),
  })
  const deserializationSchema = z.object({
    id: z.string(),
    name: z.string(),
    created_at: z.string().transform((val) => new Date(val)),
    archived: z.number().transform((val) => val > 0),
  })
  const documentsCollection = createCollection(
    powerSyncCollectionOptions({
      database: db,
      table: APP_SCHEMA.props.documents,
      schema,
      deserializationSchema,
      onDeserializationError: fatal,
    }),
  )
  const created_at = new Date('2026-12-01T10:00:00.000Z')
  await documentsCollection.insert({ id: 'a', name: 'Report', created_at, archived: false })
    .isPersisted.promise
  await documentsCollection.update('a', (draft) => {
    draft.archived = true
  }).isPersisted.promise
  expect(documentsCollection.get('a')).toMatchObject({ created_at, archived: true })
  expect(await db.get('SELECT created_at, archived FROM documents')).toEqual({
    created_at: created_at.toISOString(),
    archived: 1,
  })
})

test('option 4 of the docstring: null from SQLite has a default', async () => {
  const db = await open()
  const schema = z.object({ id: z.string(), is_active: z.boolean() })
  const deserializationSchema = z.object({
    id: z.string(),
    is_active: z
      .number()
      .nullable()
      .transform((val) => (val == null ? true : val > 0)),
  })
  const collection = createCollection(
    powerSyncCollectionOptions({
      database: db,
      table: APP_SCHEMA.props.documents,
      schema,
      deserializationSchema,
    }),
  )
  await db.execute("INSERT INTO documents(id, is_active) VALUES ('a', NULL), ('b', 0)")
  await collection.preload()
  expect(collection.toArray.map((row) => row.is_active)).toEqual([true, false])
})

test('a deserializationSchema of preprocess steps', async () => {
  const db = await open()
  const collection = createCollection(
    powerSyncCollectionOptions({
      database: db,
      table: APP_SCHEMA.props.documents,
      schema: z.object({
        id: z.string(),
        created_at: z.date(),
        author: z.object({ name: z.string() }),
      }),
      deserializationSchema: z.object({
        id: z.string(),
        created_at: z.preprocess((val) => new Date(val as string), z.date()),
        author: z.preprocess((val) => JSON.parse(val as string), z.object({ name: z.string() })),
      }),
      serializer: {
        created_at: (date) => date.getTime(), // Store as timestamp
        author: (author) => JSON.stringify(author), // Custom object serialization
      },
    }),
  )
  const write = collection.insert({ id: 'a', created_at: new Date(0), author: { name: 'Me' } })
  await write.isPersisted.promise
  expect(await db.get('SELECT created_at, author FROM documents')).toEqual({
    created_at: '0', // the column is text
    author: '{"name":"Me"}',
  })
})

test('metadata of writes reaches the upload queue as text', async () => {
  const db = await open()
  const documents = createCollection(
    powerSyncCollectionOptions({ database: db, table: APP_SCHEMA.props.documents }),
  )
  const id = safeRandomUUID()
  await documents.insert(
    { id, name: 'Document with metadata' },
    { metadata: { source: 'web-app', userId: 'user-123' } },
  ).isPersisted.promise
  await documents.update(id, { metadata: { source: 'web-app', action: 'rename' } }, (doc) => {
    doc.name = 'New name'
  }).isPersisted.promise
  await documents.delete(id, { metadata: { source: 'web-app', action: 'cleanup' } }).isPersisted
    .promise
  const { crud } = (await db.getCrudBatch(100))!
  expect(crud.map((entry) => JSON.parse(entry.metadata!) as unknown)).toEqual([
    { source: 'web-app', userId: 'user-123' },
    { source: 'web-app', action: 'rename' },
    { source: 'web-app', action: 'cleanup' },
  ])
})

test('advanced transactions: PowerSyncTransactor in a manual transaction', async () => {
  const db = await open()
  const collection = createCollection(
    powerSyncCollectionOptions({ database: db, table: APP_SCHEMA.props.documents }),
  )
  const addTx = createTransaction({
    autoCommit: false,
    mutationFn: async ({ transaction }) => {
      await new PowerSyncTransactor({ database: db }).applyTransaction(transaction)
    },
  })
  addTx.mutate(() => {
    for (let i = 0; i < 5; i++) {
      collection.insert({ id: safeRandomUUID(), name: `tx-${i}` })
    }
  })
  await addTx.commit()
  await addTx.isPersisted.promise
  expect(collection.size).toBe(5)
  expect((await db.getNextCrudTransaction())?.crud).toHaveLength(5)
})

test('an eager hook is called when the sync starts, and its cleanup when it ends', async () => {
  const db = await open()
  const calls: string[] = []
  const collection = createCollection(
    powerSyncCollectionOptions({
      database: db,
      table: APP_SCHEMA.props.documents,
      syncMode: 'eager',
      onLoad: async () => {
        const subscription = await db.syncStream('documents').subscribe()
        calls.push('loaded')
        return () => {
          calls.push('unloaded')
          subscription.unsubscribe()
        }
      },
    }),
  )
  expect(calls).toEqual([])
  await collection.preload()
  expect(calls).toEqual(['loaded'])
  await collection.cleanup()
  expect(calls).toEqual(['loaded', 'unloaded'])
})

test('the options of the reference are taken', async () => {
  const db = await open()
  await db.execute("INSERT INTO documents(id, name) VALUES ('a', 'A'), ('b', 'B'), ('c', 'C')")
  const collection = createCollection(
    powerSyncCollectionOptions({
      id: 'documents',
      database: db,
      table: APP_SCHEMA.props.documents,
      syncBatchSize: 2,
      gcTime: 1000,
      startSync: true,
      compare: (left, right) => (right.name ?? '').localeCompare(left.name ?? ''),
    }),
  )
  await collection.stateWhenReady()
  expect(collection.id).toBe('documents')
  expect(collection.toArray.map((row) => row.name)).toEqual(['C', 'B', 'A'])
})

test('getMeta tells what upstream’s does', async () => {
  const db = await open()
  const collection = createCollection(
    powerSyncCollectionOptions({
      database: db,
      table: APP_SCHEMA.props.documents,
      schema: z.object({ id: z.string(), is_active: z.boolean() }),
      deserializationSchema: z.object({ id: z.string(), is_active: z.coerce.boolean() }),
    }),
  )
  const getMeta = (): ReturnType<typeof collection.utils.getMeta> => collection.utils.getMeta()
  expect(getMeta()).toMatchObject({
    tableName: 'documents',
    trackedTableName: expect.stringMatching(/^rowsignal_/) as string,
    metadataIsTracked: true,
  })
  expect(getMeta().serializeValue({ id: 'a', is_active: true })).toEqual({ id: 'a', is_active: 1 })
  await collection.preload()
  const tables = await db.getAll<{ name: string }>(
    "SELECT name FROM sqlite_temp_master WHERE type = 'table'",
  )
  expect(tables.map(({ name }) => name)).toContain(getMeta().trackedTableName)
})
