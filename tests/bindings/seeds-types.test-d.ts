/** The types of seeds, of `queryKey` and of what a query says of its persistence; checked by `tsc`, never run. */
import { type KeptSeeds, liveQuery, openSeeds, seed, type Seeds } from '@rowsignal/core'
import * as solid from '@rowsignal/solid'
import * as svelte from '@rowsignal/svelte'
import * as vue from '@rowsignal/vue'
import type { InitialQueryBuilder } from '@tanstack/db'
import type { JSX } from 'solid-js'
import { expectTypeOf } from 'vitest'
import type { ComputedRef } from 'vue'
import type { Todo } from '../support/synced-collection.ts'
import type { StoredTodos, Todos } from './contract.ts'

declare const todos: Todos
declare const stored: StoredTodos
declare const rows: Todo[]

expectTypeOf(seed(todos, rows)).toEqualTypeOf<Seeds>()
expectTypeOf(seed(stored, [{ id: 'a', title: null, done: 1 }])).toEqualTypeOf<Seeds>()
expectTypeOf(seed(['todos', 1], rows, { size: 9 })).toEqualTypeOf<Seeds>()
const open = liveQuery((q) => q.from({ todo: todos }).select(({ todo }) => ({ id: todo.id })))
expectTypeOf(seed(open, [{ id: 'a' }])).toEqualTypeOf<Seeds>()
// @ts-expect-error -- not a row of this collection
seed(todos, [{ id: 1 }])
// @ts-expect-error -- a column is missing
seed(stored, [{ id: 'a' }])
expectTypeOf(openSeeds).returns.resolves.toEqualTypeOf<KeptSeeds>()
expectTypeOf<KeptSeeds>().toExtend<Seeds>()

expectTypeOf(vue.provideSeeds).toEqualTypeOf<(seeds: readonly Seeds[]) => void>()
expectTypeOf(svelte.provideSeeds).parameter(0).toEqualTypeOf<readonly Seeds[]>()
expectTypeOf(solid.SeedProvider).returns.toEqualTypeOf<JSX.Element>()

const query = (q: InitialQueryBuilder) => q.from({ todo: todos })
const [inVue, inSolid, inSvelte] = [
  vue.useLiveQuery({ query, queryKey: ['todos', 1] }),
  solid.useLiveQuery(() => ({ query, queryKey: ['todos', 1] })),
  svelte.useLiveQuery(() => ({ query, queryKey: ['todos', 1] })),
]
// @ts-expect-error -- a key is a list
vue.useLiveQuery({ query, queryKey: 'todos' })
expectTypeOf(inVue.isSeed).toEqualTypeOf<ComputedRef<boolean>>()
expectTypeOf(inSolid.isSeed).toEqualTypeOf<boolean>()
expectTypeOf(inSvelte.isSeed).toEqualTypeOf<boolean>()
expectTypeOf(vue.useRows(todos).isSeed).toEqualTypeOf<ComputedRef<boolean>>()
expectTypeOf(vue.useRow(todos, 'a').isSeed).toEqualTypeOf<ComputedRef<boolean>>()
expectTypeOf(solid.useRow(todos, 'a').isSeed).toEqualTypeOf<boolean>()
expectTypeOf(svelte.useRow(todos, 'a').isSeed).toEqualTypeOf<boolean>()
expectTypeOf(vue.usePages(query).isSeed).toEqualTypeOf<ComputedRef<boolean>>()

type Restored = 'unavailable' | 'loading' | 'ready' | 'error'
expectTypeOf(inVue.persistedStatus).toEqualTypeOf<ComputedRef<Restored>>()
expectTypeOf(inSolid.persistedStatus).toEqualTypeOf<Restored>()
expectTypeOf(inSvelte.isPersistedReady).toEqualTypeOf<boolean>()
expectTypeOf(inSvelte.persistedError).toEqualTypeOf<unknown>()

const blocks = svelte.useBlocks(() => svelte.useRows(todos).rows)
expectTypeOf(blocks.current[0]![0].title).toEqualTypeOf<string>()
expectTypeOf(blocks.current).toExtend<readonly (readonly object[])[]>()

const dependent = solid.useLiveInfiniteQuery(
  (q) => query(q).orderBy(({ todo }) => todo.rank),
  { pageSize: 2 },
  [() => rows.length],
)
expectTypeOf(dependent.pages[0]![0]!.title).toEqualTypeOf<string>()
