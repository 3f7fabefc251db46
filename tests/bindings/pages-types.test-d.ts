/** The types of `usePages`, and of `useLiveInfiniteQuery` beside those of TanStack's adapters; checked by `tsc`, never run. */
import type { RowsignalError } from '@rowsignal/core'
import * as solid from '@rowsignal/solid'
import * as svelte from '@rowsignal/svelte'
import * as vue from '@rowsignal/vue'
import type { InitialQueryBuilder } from '@tanstack/db'
import * as officialSvelte from '@tanstack/svelte-db'
import * as officialVue from '@tanstack/vue-db'
import type { Accessor } from 'solid-js'
import { expectTypeOf } from 'vitest'
import type { ComputedRef } from 'vue'
import type { StoredTodos, Todos } from './contract.ts'

declare const todos: Todos
declare const stored: StoredTodos
declare const id: string | undefined

const ordered = (q: InitialQueryBuilder) =>
  q
    .from({ todo: todos })
    .orderBy(({ todo }) => todo.rank)
    .select(({ todo }) => ({ id: todo.id, name: todo.title }))
const maybe = (q: InitialQueryBuilder) => (id === undefined ? undefined : ordered(q))
const storedOrdered = (q: InitialQueryBuilder) =>
  q.from({ todo: stored }).orderBy(({ todo }) => todo.title)

const pages = vue.usePages(ordered, { pageRows: 50 })
expectTypeOf(pages.rows.value[0]?.name).toEqualTypeOf<string | undefined>()
expectTypeOf(pages.pages.value[0]?.[0]?.name).toEqualTypeOf<string | undefined>()
expectTypeOf(pages.hasMore).toEqualTypeOf<ComputedRef<boolean>>()
expectTypeOf(pages.error.value).toEqualTypeOf<RowsignalError | undefined>()
expectTypeOf(pages.fetchMore).toEqualTypeOf<() => Promise<void>>()
expectTypeOf(vue.usePages(maybe).status.value).toExtend<string>()
expectTypeOf(vue.usePages(storedOrdered).rows.value[0]?.title).toEqualTypeOf<
  string | null | undefined
>()
expectTypeOf(solid.usePages(ordered)()[0]?.name).toEqualTypeOf<string | undefined>()
expectTypeOf(solid.usePages(maybe).isFetchingMore).toEqualTypeOf<boolean>()
expectTypeOf(svelte.usePages(ordered, () => ({ pageRows: 2 })).data[0]?.name).toEqualTypeOf<
  string | undefined
>()
// @ts-expect-error -- there is no count of all rows: only those of the pages are known
void pages.size
// @ts-expect-error -- rows are not written
svelte.usePages(ordered).rows[0]!.name = ''
// @ts-expect-error -- the page is named by its rows
vue.usePages(ordered, { pageSize: 20 })

/** The fields that both have with the same type. */
type Same =
  | 'isLoading'
  | 'isReady'
  | 'hasNextPage'
  | 'isFetchingNextPage'
  | 'fetchNextPage'
  | 'pageParams'

const infinite = vue.useLiveInfiniteQuery(ordered, { pageSize: 2, initialPageParam: 1 }, [() => id])
const officialInfinite = officialVue.useLiveInfiniteQuery(ordered, { pageSize: 2 }, [() => id])
expectTypeOf<Pick<typeof infinite, Same>>().toEqualTypeOf<
  Readonly<Pick<typeof officialInfinite, Same>>
>()
expectTypeOf(infinite.data.value[0]?.name).toEqualTypeOf<string | undefined>()
expectTypeOf(infinite.data).toExtend<typeof officialInfinite.data>()
expectTypeOf(infinite.pages).toExtend<typeof officialInfinite.pages>()
expectTypeOf(infinite.rows.value[0]?.name).toEqualTypeOf<string | undefined>()

const svelteInfinite = svelte.useLiveInfiniteQuery(ordered, { pageSize: 2 }, [() => id])
const officialSvelteInfinite = officialSvelte.useLiveInfiniteQuery(ordered, { pageSize: 2 })
expectTypeOf<Pick<typeof svelteInfinite, Same>>().toEqualTypeOf<
  Readonly<Pick<typeof officialSvelteInfinite, Same>>
>()
expectTypeOf(svelteInfinite.data).toExtend<typeof officialSvelteInfinite.data>()

const solidInfinite = solid.useLiveInfiniteQuery(ordered, () => ({ pageSize: 2 }))
expectTypeOf(solidInfinite).toExtend<Accessor<readonly { readonly name: string }[]>>()
expectTypeOf(solidInfinite.pages[0]?.[0]?.name).toEqualTypeOf<string | undefined>()
