/** What callers of `useDraft` see in their editor; checked by `tsc`, never run. */
import type { DraftColumns, DraftConflict, DraftErrors } from '@rowsignal/core'
import * as solid from '@rowsignal/solid'
import * as svelte from '@rowsignal/svelte'
import * as vue from '@rowsignal/vue'
import type { Accessor } from 'solid-js'
import { expectTypeOf } from 'vitest'
import type { ComputedRef } from 'vue'
import type { Events } from './draft-suite.ts'

declare const events: Events

const vueForm = vue.useDraft(events, 'a')
expectTypeOf(vueForm.draft.title).toEqualTypeOf<string | undefined>()
expectTypeOf(vueForm.draft.seats).toEqualTypeOf<number | undefined>()
expectTypeOf(vueForm.canSave).toEqualTypeOf<ComputedRef<boolean>>()
expectTypeOf(vueForm.conflicts.value.title).toEqualTypeOf<DraftConflict<string> | undefined>()
expectTypeOf(vueForm.conflicts.value.title?.theirs).toEqualTypeOf<string | undefined>()
expectTypeOf(vueForm.errors.value.title).toEqualTypeOf<readonly string[] | undefined>()
expectTypeOf(vueForm.errors.value.$row).toEqualTypeOf<readonly string[] | undefined>()
// `$synced` and the like are nobody's columns; any other name is one.
expectTypeOf<
  keyof DraftColumns<{ id: string; $price: number; $synced: boolean; $key: string }>
>().toEqualTypeOf<'id' | '$price'>()
vueForm.resolve('title', 'mine')
// @ts-expect-error a column that the row does not have
vueForm.resolve('missing', 'mine')
// @ts-expect-error neither of the two
vueForm.resolve('title', 'both')
// @ts-expect-error conflicts are resolved, not written
vueForm.conflicts.value.title = undefined

const solidForm = solid.useDraft(events, () => 'a')
expectTypeOf(solidForm.canSave).toEqualTypeOf<Accessor<boolean>>()
expectTypeOf(solidForm.errors).toExtend<Accessor<DraftErrors<{ title: string }>>>()
expectTypeOf(solidForm.conflicts().seats?.mine).toEqualTypeOf<number | undefined>()
solidForm.setDraft('seats', 4)
// @ts-expect-error of another type than the column
solidForm.setDraft('seats', '4')

const svelteForm = svelte.useDraft(events, 'a')
expectTypeOf(svelteForm.canSave).toEqualTypeOf<boolean>()
expectTypeOf(svelteForm.errors.seats).toEqualTypeOf<readonly string[] | undefined>()
expectTypeOf(svelteForm.save()?.isPersisted.promise).toExtend<Promise<unknown> | undefined>()
// @ts-expect-error there is no such column to have an error
expectTypeOf(svelteForm.errors.missing)
