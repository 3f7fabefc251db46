/** The types of hooks that are waited for, and of those that are not; checked by `tsc`, never run. */
import type { RowsView } from '@rowsignal/core'
import * as solid from '@rowsignal/solid'
import * as svelte from '@rowsignal/svelte'
import * as vue from '@rowsignal/vue'
import type { InitialQueryBuilder } from '@tanstack/db'
import { expectTypeOf } from 'vitest'
import type { ComputedRef } from 'vue'
import type { Todo } from '../support/synced-collection.ts'
import type { Todos } from './contract.ts'

declare const todos: Todos

const all = (q: InitialQueryBuilder) =>
  q.from({ todo: todos }).select(({ todo }) => ({ id: todo.id, name: todo.title }))
const one = (q: InitialQueryBuilder) => q.from({ todo: todos }).findOne()

const rows = vue.useRows(todos)
expectTypeOf(rows.rows.value[0]?.title).toEqualTypeOf<string | undefined>()
expectTypeOf<Awaited<typeof rows>['rows']>().toEqualTypeOf<(typeof rows)['rows']>()
// What has been awaited is no thenable.
expectTypeOf<Awaited<typeof rows>>().not.toHaveProperty('then')
const query = await vue.useLiveQuery(all)
expectTypeOf(query.rows.value[0]?.name).toEqualTypeOf<string | undefined>()
expectTypeOf(query.error).toExtend<ComputedRef<Error | undefined>>()
expectTypeOf((await vue.usePages(all)).hasMore).toEqualTypeOf<ComputedRef<boolean>>()
expectTypeOf((await vue.useRow(todos, 'a')).value?.title).toEqualTypeOf<string | undefined>()
expectTypeOf(vue.throwErrors(rows)).toEqualTypeOf<typeof rows>()
// @ts-expect-error -- not the view of a hook
vue.throwErrors({ rows: [] })

expectTypeOf((await svelte.useLiveQuery(all)).rows[0]?.name).toEqualTypeOf<string | undefined>()
expectTypeOf((await svelte.useRow(todos, 'a')).current?.title).toEqualTypeOf<string | undefined>()
expectTypeOf<Awaited<ReturnType<typeof svelte.useRows<Todo, string>>>>().toEqualTypeOf<
  RowsView<Todo, string>
>()

const suspending = solid.suspend(solid.useLiveQuery(all))
expectTypeOf(suspending()[0]?.name).toEqualTypeOf<string | undefined>()
expectTypeOf(suspending.latest[0]?.name).toEqualTypeOf<string | undefined>()
expectTypeOf(suspending.isLoading).toEqualTypeOf<boolean>()
expectTypeOf(solid.suspend(solid.useLiveQuery(one))()?.title).toEqualTypeOf<string | undefined>()
expectTypeOf(solid.suspend(solid.useRow(todos, 'a'))()?.title).toEqualTypeOf<string | undefined>()
// @ts-expect-error -- only what suspends has it
void solid.useRows(todos).latest
// @ts-expect-error -- not what a hook gives
solid.suspend(() => [])
