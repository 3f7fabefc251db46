/** What callers see in their editor; checked by `tsc`, never run. */
import type { RowsView } from '@rowsignal/core'
import * as solid from '@rowsignal/solid'
import * as svelte from '@rowsignal/svelte'
import * as vue from '@rowsignal/vue'
import type { CollectionStatus } from '@tanstack/db'
import type { Accessor } from 'solid-js'
import { expectTypeOf } from 'vitest'
import { type ComputedRef, type Ref, ref } from 'vue'
import type { StoredTodos, Todos } from './contract.ts'

declare const todos: Todos
declare const stored: StoredTodos
declare const maybe: () => string | null | undefined

type Status = CollectionStatus | 'disabled'

const vueRows = vue.useRows(todos)
expectTypeOf(vueRows.status).toEqualTypeOf<ComputedRef<Status>>()
expectTypeOf(vueRows.keys.value).toEqualTypeOf<readonly string[]>()
expectTypeOf(vueRows.rows.value[0]?.title).toEqualTypeOf<string | undefined>()
expectTypeOf(vueRows.rows.value[0]?.$synced).toEqualTypeOf<boolean | undefined>()
expectTypeOf(vue.useRow(todos, () => 'a').value?.rank).toEqualTypeOf<number | undefined>()
expectTypeOf(vue.useDraft(todos, 'a').changed).toEqualTypeOf<ComputedRef<boolean>>()
expectTypeOf(vue.useSyncStatus().value.connected).toEqualTypeOf<boolean>()
expectTypeOf(vue.useRow(todos, 'a')).toExtend<Readonly<Ref<unknown>>>()
expectTypeOf(vue.useRows(stored).rows.value[0]?.title).toEqualTypeOf<string | null | undefined>()
expectTypeOf(vue.useRow(todos, ref<string>()).value?.rank).toEqualTypeOf<number | undefined>()
expectTypeOf(vue.useRow(todos, 'a').isLoading).toEqualTypeOf<ComputedRef<boolean>>()
expectTypeOf(vue.useRow(todos, 'a').retry).toEqualTypeOf<() => void>()
vue.useDraft(todos, ref<string>())
vue.useRows(() => undefined as Todos | undefined, { limit: 10 })

const solidRows = solid.useRows(todos, () => ({ limit: 10, offset: 5 }))
expectTypeOf(solidRows()[0]?.title).toEqualTypeOf<string | undefined>()
expectTypeOf(solidRows.status).toEqualTypeOf<Status>()
expectTypeOf(solid.useSyncStatus()).toExtend<Accessor<{ connected: boolean }>>()
expectTypeOf(solid.useRow(todos, maybe)()?.rank).toEqualTypeOf<number | undefined>()
expectTypeOf(solid.useRow(todos, 'a').status).toEqualTypeOf<Status>()
solid.useDraft(todos, maybe)
solid.useDraft(todos, 'a').setDraft('title', 'new')
// @ts-expect-error of another type than the column
solid.useDraft(todos, 'a').setDraft('title', 1)
// @ts-expect-error the draft is written by setDraft
solid.useDraft(todos, 'a').draft.title = 'new'

const svelteRows = svelte.useRows(() => todos)
expectTypeOf(svelteRows.rows[0]?.title).toEqualTypeOf<string | undefined>()
expectTypeOf(svelteRows).toExtend<RowsView<{ title: string }, string>>()
expectTypeOf(svelte.useRow(todos, 'a').current?.title).toEqualTypeOf<string | undefined>()
expectTypeOf(svelte.useRow(todos, maybe).isReady).toEqualTypeOf<boolean>()
svelte.useDraft(todos, maybe)
svelte.useDraft(todos, 'a').draft.title = 'new'

// @ts-expect-error rows are read-only
svelteRows.rows[0]!.title = 'new'
// @ts-expect-error the list is read-only
svelteRows.rows.push()
// @ts-expect-error a key of another type
svelte.useRow(todos, 1)
// @ts-expect-error a key of another type, or none
vue.useRow(todos, ref<number>())
// @ts-expect-error a column that the row does not have
svelte.useDraft(todos, 'a').draft.missing = 1
// @ts-expect-error added by @tanstack/db, not a column
svelte.useDraft(todos, 'a').draft.$synced = true
