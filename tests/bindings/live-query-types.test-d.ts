/** The types of `useLiveQuery` beside those of TanStack's own adapters; checked by `tsc`, never run. */
import { liveQuery, type RowsignalError } from '@rowsignal/core'
import * as solid from '@rowsignal/solid'
import * as svelte from '@rowsignal/svelte'
import * as vue from '@rowsignal/vue'
import { createLiveQueryCollection, eq, type InitialQueryBuilder } from '@tanstack/db'
import * as officialSolid from '@tanstack/solid-db'
import * as officialSvelte from '@tanstack/svelte-db'
import * as officialVue from '@tanstack/vue-db'
import { expectTypeOf } from 'vitest'
import { type ComputedRef, ref, shallowRef } from 'vue'
import type { StoredTodos, Todos } from './contract.ts'

declare const todos: Todos
declare const stored: StoredTodos
declare const id: string | undefined

const many = (q: InitialQueryBuilder) =>
  q.from({ todo: todos }).where(({ todo }) => eq(todo.rank, 1))
const one = (q: InitialQueryBuilder) => q.from({ todo: todos }).findOne()
const picked = (q: InitialQueryBuilder) =>
  q.from({ todo: stored }).select(({ todo }) => ({ id: todo.id, name: todo.title }))
const joined = (q: InitialQueryBuilder) =>
  q.from({ todo: todos }).leftJoin({ other: stored }, ({ todo, other }) => eq(todo.id, other.id))
const maybe = (q: InitialQueryBuilder) => (id === undefined ? undefined : many(q))
const maybeOne = (q: InitialQueryBuilder) => (id === undefined ? null : one(q))

/** The fields that both have. */
type Same = 'data' | 'status' | 'isLoading' | 'isReady' | 'isIdle' | 'isError' | 'isCleanedUp'

/** What the official adapters give, but read-only: arrays are shared by all who show the query. */
type Shared<Value> =
  Value extends ComputedRef<infer Inner>
    ? ComputedRef<Shared<Inner>>
    : Value extends readonly (infer Item)[]
      ? readonly Item[]
      : Value extends Map<infer Key, infer Row>
        ? ReadonlyMap<Key, Row>
        : Value
type SharedFields<Fields> = { readonly [Name in keyof Fields]: Shared<Fields[Name]> }

// Vue: every field as the official adapter types it.
const vueMany = vue.useLiveQuery(many)
const officialVueMany = officialVue.useLiveQuery(many)
expectTypeOf<Pick<typeof vueMany, Same>>().toEqualTypeOf<
  SharedFields<Pick<typeof officialVueMany, Same>>
>()
expectTypeOf(vueMany.state).toEqualTypeOf<Shared<typeof officialVueMany.state>>()
expectTypeOf(vueMany.collection.value).toExtend<typeof officialVueMany.collection.value>()
expectTypeOf(vue.useLiveQuery(one).data).toEqualTypeOf(officialVue.useLiveQuery(one).data)
const officialVuePicked = officialVue.useLiveQuery(picked)
expectTypeOf(vue.useLiveQuery(picked).data).toEqualTypeOf<Shared<typeof officialVuePicked.data>>()
const officialVueJoined = officialVue.useLiveQuery(joined)
expectTypeOf(vue.useLiveQuery(joined).data).toEqualTypeOf<Shared<typeof officialVueJoined.data>>()
expectTypeOf(vue.useLiveQuery({ query: one }).data).toEqualTypeOf(
  officialVue.useLiveQuery({ query: one }).data,
)
expectTypeOf(vueMany.rows.value[0]?.title).toEqualTypeOf<string | undefined>()
expectTypeOf(vueMany.error.value).toEqualTypeOf<RowsignalError | undefined>()
expectTypeOf(vue.useLiveQuery(joined).rows.value[0]?.other?.title).toEqualTypeOf<
  string | null | undefined
>()
vue.useLiveQuery(many, [ref(1), () => id])
vue.useLiveQuery(ref({ query: many, gcTime: 1 }), [ref(1)])

// Vue: what may be nothing says so.
const vueMaybe = vue.useLiveQuery(maybe)
expectTypeOf(vueMaybe.data.value).toEqualTypeOf<typeof vueMany.data.value>()
expectTypeOf(vueMaybe.status.value).toEqualTypeOf<
  typeof officialVueMany.status.value | 'disabled'
>()
expectTypeOf(vueMaybe.collection.value).toEqualTypeOf<typeof vueMany.collection.value | null>()
expectTypeOf(vueMaybe.rows).toEqualTypeOf(vueMany.rows)
const vueMaybeOne = vue.useLiveQuery(maybeOne).data
expectTypeOf(vueMaybeOne.value?.title).toEqualTypeOf<string | undefined>()
if (vueMaybeOne.value) {
  // @ts-expect-error true also of the empty array of a disabled query
  vueMaybeOne.value.title.trim()
}
if (vueMaybeOne.value?.title) expectTypeOf(vueMaybeOne.value.title).toEqualTypeOf<string>()

// Collections: the rows carry the virtual properties that the official adapters drop.
const query = createLiveQueryCollection(many)
expectTypeOf(vue.useLiveQuery(query).collection.value).toEqualTypeOf(query)
expectTypeOf(vue.useLiveQuery(shallowRef(query)).data.value[0]?.title).toEqualTypeOf<
  string | undefined
>()
expectTypeOf(vue.useLiveQuery(todos).data.value[0]?.$synced).toEqualTypeOf<boolean | undefined>()
expectTypeOf(vue.useLiveQuery(todos).state.value.keys().next().value).toEqualTypeOf<
  string | undefined
>()
expectTypeOf(vue.useLiveQuery(createLiveQueryCollection(one)).data.value?.title).toEqualTypeOf<
  string | undefined
>()

// Solid
const solidMany = solid.useLiveQuery(many)
const officialSolidMany = officialSolid.useLiveQuery(many)
expectTypeOf<Pick<typeof solidMany, Same>>().toEqualTypeOf<
  SharedFields<Pick<typeof officialSolidMany, Same>>
>()
expectTypeOf(solidMany()).toEqualTypeOf(solidMany.rows)
expectTypeOf(solidMany()[0]?.title).toEqualTypeOf<string | undefined>()
expectTypeOf(solid.useLiveQuery(one)()?.title).toEqualTypeOf<string | undefined>()
expectTypeOf(solid.useLiveQuery(maybe)()).toEqualTypeOf<typeof solidMany.rows>()
expectTypeOf(solid.useLiveQuery(maybeOne)()?.title).toEqualTypeOf<string | undefined>()
expectTypeOf(solid.useLiveQuery(() => ({ query: one })).data).toEqualTypeOf(
  officialSolid.useLiveQuery(() => ({ query: one })).data,
)
expectTypeOf(solid.useLiveQuery(() => query).collection).toEqualTypeOf(query)

// Svelte
const svelteMany = svelte.useLiveQuery(many)
const officialSvelteMany = officialSvelte.useLiveQuery(many)
expectTypeOf<Pick<typeof svelteMany, Same>>().toEqualTypeOf<
  SharedFields<Pick<typeof officialSvelteMany, Same>>
>()
expectTypeOf(svelte.useLiveQuery(maybe).data).toEqualTypeOf<typeof svelteMany.data>()
expectTypeOf(svelte.useLiveQuery(one).data).toEqualTypeOf(officialSvelte.useLiveQuery(one).data)
const officialSveltePicked = officialSvelte.useLiveQuery({ query: picked })
expectTypeOf(svelte.useLiveQuery({ query: picked }).data).toEqualTypeOf<
  Shared<typeof officialSveltePicked.data>
>()
svelte.useLiveQuery(many, [() => id])

// Core
expectTypeOf(liveQuery(many).get('a')?.title).toEqualTypeOf<string | undefined>()
liveQuery(picked).subscribe((rows) =>
  expectTypeOf(rows[0]?.name).toEqualTypeOf<string | null | undefined>(),
)
expectTypeOf(vue.useRows(liveQuery(picked)).rows.value[0]?.name).toEqualTypeOf<
  string | null | undefined
>()
expectTypeOf(solid.useRow(liveQuery(many), 'a')()?.rank).toEqualTypeOf<number | undefined>()
expectTypeOf(svelte.useRows(todos).error).toEqualTypeOf<RowsignalError | undefined>()
expectTypeOf(vue.useRows(todos).retry).toEqualTypeOf<() => void>()
// @ts-expect-error a live query of nothing
liveQuery(maybe)
// @ts-expect-error rows are read-only
svelteMany.rows[0]!.title = 'new'
// @ts-expect-error arrays are shared, so read-only
vueMany.data.value.push()
// @ts-expect-error
svelte.useRows(todos).rows.sort((left, right) => left.rank - right.rank)
// @ts-expect-error
solidMany.state.clear()
// @ts-expect-error not a query
vue.useLiveQuery(() => 1)
// @ts-expect-error the key of a config is of its rows
vue.useLiveQuery({ query: picked, getKey: (row) => row.rank })
