/**
 * What core relies on of @tanstack/db beyond its documented API (docs/rooms/libraries.md), asked of the library alone: an
 * upgrade that changes one of these fails here first.
 */
import type { StandardSchemaV1 } from '@standard-schema/spec'
import {
  BaseIndex,
  createCollection,
  createLiveQueryCollection,
  createTransaction,
  deepEquals,
  eq,
  getActiveTransaction,
  getStableQueryIRHash,
  IR,
  isSingleResultCollection,
  Query,
  type Transaction,
  UnhashableQueryIRError,
  withChangeTracking,
} from '@tanstack/db'
import { expect, onTestFinished, test, vi } from 'vitest'
import { eventually } from '../../support/eventually.ts'
import { openSlowTodos, openTodos, todo, type Todo } from '../../support/synced-collection.ts'
import { unhandled } from '../../support/unhandled.ts'

const is015 = process.env['TANSTACK_DB'] === '0.15'

interface State {
  syncedData: Map<string, Todo>
  optimisticUpserts: Map<string, Todo>
  transactions: Map<string, Transaction>
  pendingSyncedTransactions: { operations: { key: string }[] }[]
  onTransactionStateChange(): void
}

const stateOf = (collection: object): State => (collection as { _state: State })._state

function openStarted(ids: readonly string[]) {
  const source = openTodos(ids)
  source.todos.startSyncImmediate()
  return { ...source, state: stateOf(source.todos) }
}

test('`_state` keeps synced rows, optimistic ones and transactions apart, the persisting ones by their state', () => {
  const { todos, state, settle } = openStarted(['a'])
  const write = todos.update('a', (draft) => void (draft.title = 'mine'))
  expect(todos.get('a')?.title).toBe('mine')
  expect(state.syncedData.get('a')?.title).toBe('title a')
  expect([...state.optimisticUpserts.keys()]).toEqual(['a'])
  expect([...state.transactions.values()].map((one) => [one === write, one.state])).toEqual([
    [true, 'persisting'],
  ])
  settle()
})

test('a sync commit waits in `pendingSyncedTransactions` while a transaction persists, of its collection alone', async () => {
  const [held, free] = [openStarted(['a']), openStarted(['a'])]
  const write = held.todos.update('a', (draft) => void (draft.title = 'mine'))
  for (const { put } of [held, free]) put(todo('b'))
  expect([held.todos.has('b'), free.todos.has('b')]).toEqual([false, true])
  const keys = held.state.pendingSyncedTransactions.flatMap(({ operations }) =>
    operations.map(({ key }) => key),
  )
  expect(keys).toEqual(['b'])
  held.settle()
  await write.isPersisted.promise
  expect(held.todos.has('b')).toBe(true)
  expect(held.state.pendingSyncedTransactions).toEqual([])
})

test('`onTransactionStateChange` shows what the transactions say, whatever was done to their mutations', () => {
  const { todos, state } = openStarted(['a'])
  const transaction = createTransaction({ autoCommit: false, mutationFn: async () => {} })
  transaction.mutate(() => {
    todos.update('a', (draft) => void (draft.title = 'first'))
    todos.insert(todo('b'))
  })
  const [first] = transaction.mutations
  transaction.mutations.splice(0, 2, first!)
  state.onTransactionStateChange()
  expect(todos.toArray.map(({ title }) => title)).toEqual(['first'])
  transaction.rollback()
})

test('a mutation that merges with another is replaced, and never changed', () => {
  const { todos } = openStarted(['a'])
  const transaction = createTransaction({ autoCommit: false, mutationFn: async () => {} })
  transaction.mutate(() => todos.update('a', (draft) => void (draft.title = 'first')))
  const [before] = transaction.mutations
  const copy = { ...before }
  transaction.mutate(() => todos.update('a', (draft) => void (draft.note = 'second')))
  expect(transaction.mutations[0]).not.toBe(before)
  expect(copy).toEqual({ ...before })
  transaction.rollback()
})

test('a sync’s `update` of a row that is not there is an insert', () => {
  const { todos, commit } = openStarted([])
  const types: string[] = []
  todos.subscribeChanges((changes) => types.push(...changes.map(({ type }) => type)), {
    includeInitialState: false,
  })
  commit(({ write }) => write({ type: 'update', value: todo('a') }))
  expect([todos.get('a')?.title, types]).toEqual(['title a', ['insert']])
})

test('`markError` after ready is the status `error`, whose reason `_lifecycle` has, until `markReady`', () => {
  const { todos, finish, fail } = openSlowTodos([])
  const { _lifecycle: lifecycle } = todos as unknown as { _lifecycle: { getSyncError(): unknown } }
  todos.startSyncImmediate()
  finish()
  const reason = new Error('unreachable')
  fail(reason)
  expect([todos.status, lifecycle.getSyncError()]).toEqual(['error', reason])
  finish()
  expect([todos.status, lifecycle.getSyncError()]).toEqual(['ready', undefined])
})

test('live queries run at the end of `mutate`, once, also for what the sync commits in it', async () => {
  vi.spyOn(console, 'warn').mockReturnValue() // of a join without an index
  onTestFinished(() => void vi.restoreAllMocks())
  const [left, right] = [openStarted(['a']), openStarted(['a'])]
  const both = createLiveQueryCollection((q) =>
    q
      .from({ l: left.todos })
      .join({ r: right.todos }, ({ l, r }) => eq(l.id, r.id), 'inner')
      .select(({ l, r }) => ({ left: l.title, right: r.title })),
  )
  await both.preload()
  const seen: string[] = []
  both.subscribeChanges(() => seen.push(...both.toArray.map((row) => `${row.left} ${row.right}`)), {
    includeInitialState: false,
  })
  const transaction = createTransaction({ autoCommit: false, mutationFn: async () => {} })
  transaction.mutate(() => {
    expect(getActiveTransaction()).toBe(transaction)
    left.put(todo('a', { title: 'L' }))
    right.put(todo('a', { title: 'R' }))
    expect(seen).toEqual([])
  })
  expect(seen).toEqual(['L R'])
  await transaction.commit()
})

test('a transaction rejects with its `error`, and an empty one is completed by `commit`', async () => {
  const { todos } = openStarted(['a'])
  const transaction = createTransaction({ autoCommit: false, mutationFn: async () => {} })
  transaction.mutate(() => todos.delete('a'))
  const error = new Error('taken back')
  const rejection = expect(transaction.isPersisted.promise).rejects.toBe(error)
  transaction.error = { message: error.message, error }
  transaction.rollback({ isSecondaryRollback: true })
  await rejection
  expect(todos.has('a')).toBe(true)
  const empty = createTransaction({ autoCommit: false, mutationFn: async () => {} })
  expect(await unhandled(() => empty.commit())).toEqual([])
  expect(empty.state).toBe('completed')
})

test('the mutations of a turn are counted in their ids on 0.15, and handlers called in their order on 0.9', () => {
  const called: string[] = []
  const todos = createCollection<Todo, string>({
    getKey: (row) => row.id,
    sync: { sync: ({ markReady }) => markReady() },
    onInsert: async ({ transaction }) => void called.push(transaction.mutations[0].key),
  })
  todos.startSyncImmediate()
  const ids = ['a', 'b'].map((id) => todos.insert(todo(id)).mutations[0]!.mutationId)
  const counts = ids.map((id) => Number(/^[\da-f-]{36}-(\d+)$/.exec(id)?.[1]))
  if (is015) expect(counts[1]).toBeGreaterThan(counts[0]!)
  else expect(ids.every((id) => /^[\da-f-]{36}$/.test(id))).toBe(true)
  expect(called).toEqual(['a', 'b'])
})

test('a sync config with the factory’s symbol is asked for each collection, with utilities of its own', () => {
  const given: object[] = []
  const sync = {
    sync: () => {},
    [Symbol.for('@tanstack/db.collectionSyncConfig.factory')](...args: object[]) {
      const isSync = (one: object): boolean => 'sync' in one
      given.push(args.find((one) => !isSync(one))!)
      return args.find(isSync) ?? this
    },
  }
  const utils = { mine: () => 'mine' }
  const make = () => createCollection({ getKey: (row: Todo) => row.id, sync, utils })
  const made = [make(), make()]
  expect(given).toHaveLength(2)
  for (const [index, collection] of made.entries()) {
    expect(collection.utils).toBe(given[index])
    expect(collection.utils.mine()).toBe('mine')
  }
})

test('a collection keeps the properties of its options that TanStack DB does not know, symbols too', () => {
  const mark = Symbol('mark')
  const options = { getKey: (row: Todo) => row.id, sync: { sync: () => {} }, [mark]: 1 }
  const todos = createCollection<Todo, string>(options)
  expect((todos.config as { [mark]?: number })[mark]).toBe(1)
})

test('`_getQuery` gives the IR, which hashes alike whatever its aliases, and not with functions in it', () => {
  const { todos } = openTodos([])
  const queryOf = (query: unknown) => (query as { _getQuery(): IR.QueryIR })._getQuery()
  const by = (alias: string) =>
    queryOf(new Query().from({ [alias]: todos }).where((row) => eq(row[alias]!.title, 'a')))
  const query = by('one')
  expect(query.from).toHaveProperty('alias', 'one')
  expect(query.from.type === 'collectionRef' && query.from.collection).toBe(todos)
  expect(getStableQueryIRHash(query)).toBe(getStableQueryIRHash(by('two')))
  const outer = queryOf(
    new Query()
      .from({ inner: new Query().from({ todo: todos }) })
      .join({ todo: todos }, ({ inner, todo: other }) => eq(inner.id, other.id))
      .select(({ inner }) => ({ id: inner.id, deep: { title: inner.title } })),
  )
  expect(outer.from.type).toBe('queryRef')
  expect(outer.join?.map(({ from }) => from.type)).toEqual(['collectionRef'])
  const { id, ...rest } = outer.select as Record<string, unknown>
  expect(id).toBeInstanceOf(IR.PropRef)
  expect((id as IR.PropRef).path).toEqual(['inner', 'id'])
  expect(Object.keys(rest)).not.toEqual([])
  const withFunction = queryOf(new Query().from({ todo: todos }).fn.where(() => true))
  expect(withFunction.fnWhere).toHaveLength(1)
  expect(() => getStableQueryIRHash(withFunction)).toThrow(UnhashableQueryIRError)
})

test('the collection of a `findOne` is a single result, of every row that fits on 0.9', async () => {
  const { todos } = openStarted(['a', 'b'])
  const first = createLiveQueryCollection((q) => q.from({ todo: todos }).findOne())
  await first.preload()
  expect(isSingleResultCollection(first as never)).toBe(true)
  expect(isSingleResultCollection(todos as never)).toBe(false)
  expect(first.size).toBe(is015 ? 1 : 2)
})

test('an index is made with its options, asked by `lookup` of what it supports, and told nothing else', async () => {
  const { todos } = openStarted(['a', 'b'])
  const asked: string[] = []
  class Probe extends BaseIndex<string> {
    override readonly supportedOperations: BaseIndex['supportedOperations'] = new Set(['eq'])
    readonly has: (key: unknown) => boolean
    constructor(...parameters: ConstructorParameters<typeof BaseIndex>) {
      super(...parameters)
      this.has = (parameters[3] as { has: (key: unknown) => boolean }).has
    }
    lookup(operation: string, value: unknown): Set<string> {
      asked.push(operation)
      return this.equalityLookup(value)
    }
    equalityLookup(value: unknown): Set<string> {
      return new Set(this.has(value) ? [value as string] : [])
    }
    override matchesCompareOptions = () => true
    override matchesDirection = () => true
    override initialize(): void {}
    build(): void {}
    add(): void {}
    update(): void {}
    remove(): void {}
    clear(): void {}
    readonly keyCount = 0
    rangeQuery = (): never => expect.unreachable()
    take = (): never => expect.unreachable()
    takeFromStart = (): never => expect.unreachable()
    takeReversed = (): never => expect.unreachable()
    takeReversedFromEnd = (): never => expect.unreachable()
  }
  const has = (key: unknown): boolean => todos.has(key as string)
  todos.createIndex((row) => row.id, { indexType: Probe, options: { has } })
  const found = createLiveQueryCollection((q) =>
    q.from({ todo: todos }).where(({ todo: row }) => eq(row.id, 'b')),
  )
  await found.preload()
  expect(found.toArray.map((row) => row.id)).toEqual(['b'])
  expect(asked).toContain('eq')
})

test('`gcTime: 0` keeps a collection for good', async () => {
  vi.useFakeTimers()
  onTestFinished(() => void vi.useRealTimers())
  const make = (gcTime: number) =>
    createCollection<Todo>({
      getKey: (row) => row.id,
      sync: { sync: ({ markReady }) => markReady() },
      gcTime,
    })
  const [kept, dropped] = [make(0), make(1)]
  for (const one of [kept, dropped]) one.subscribeChanges(() => {}).unsubscribe()
  await vi.advanceTimersByTimeAsync(86_400_000)
  expect([kept.status, dropped.status]).toEqual(['ready', 'cleaned-up'])
})

test('`$synced` is false on an optimistic row and true on a synced one', async () => {
  const { todos, put, settle } = openStarted(['a'])
  const write = todos.insert(todo('b'))
  const synced = () => todos.toArray.map((row) => (row as { $synced?: boolean }).$synced)
  expect(synced()).toEqual([true, false])
  put(todo('b'))
  settle()
  await write.isPersisted.promise
  expect(synced()).toEqual([true, true])
})

test('a clean-up empties a collection and tells its status; the step to ready is an event without changes', async () => {
  const { todos, finish } = openSlowTodos([])
  const log: string[] = []
  todos.on('status:change', ({ status }) => log.push(status))
  todos.subscribeChanges((changes) => log.push(`${changes.length} changes`), {
    includeInitialState: false,
  })
  finish()
  await eventually(() => expect(log).toEqual(['loading', 'ready', '0 changes']))
  await todos.cleanup()
  expect([log.at(-1), todos.size]).toEqual(['cleaned-up', 0])
})

test('a write is checked as a whole row: an insert as it was given, an update with the columns that stay', () => {
  const asked: unknown[] = []
  const schema: StandardSchemaV1<Todo, Todo> = {
    '~standard': {
      version: 1,
      vendor: 'test',
      validate: (value) => (asked.push(value), { value: value as Todo }),
    },
  }
  const todos = createCollection({
    getKey: (row) => row.id,
    schema,
    sync: { sync: ({ markReady }) => markReady() },
    onInsert: async () => {},
    onUpdate: async () => {},
  })
  todos.startSyncImmediate()
  todos.insert(todo('a'))
  todos.update('a', (draft) => void (draft.title = 'mine'))
  expect(asked).toMatchObject([todo('a'), todo('a', { title: 'mine' })])
})

test('change tracking copies what is nested in what a draft is given', () => {
  const tags = ['x']
  const changes = withChangeTracking<{ row?: { tags: string[] } }>({}, (draft) => {
    draft.row = { tags }
  })
  const { row } = changes as { row?: { tags: string[] } }
  expect(row).toEqual({ tags: ['x'] })
  expect(row?.tags).not.toBe(tags)
})

test('what a setter does to a date in a draft is dropped, unless the date is assigned over another value', () => {
  const at = (change: (draft: { at: Date | null }) => void) =>
    withChangeTracking<{ at: Date | null }>({ at: new Date(0) }, change)
  const edit = (draft: { at: Date | null }): Date => {
    draft.at?.setUTCFullYear(2000)
    return draft.at!
  }
  expect(at((draft) => void edit(draft))).toEqual({})
  const changed = at((draft) => {
    const edited = edit(draft)
    draft.at = null
    draft.at = edited
  })
  expect((changed as { at?: Date }).at?.getUTCFullYear()).toBe(2000)
})

test('`deepEquals` takes rows of equal dates and JSON for equal', () => {
  const make = (ms: number) => ({ at: new Date(ms), tags: [{ name: 'x' }], none: null, n: 2n })
  expect(deepEquals(make(1), make(1))).toBe(true)
  expect(deepEquals(make(1), make(2))).toBe(false)
})
