/** The types of `useLiveQueryEffect`; checked by `tsc`, never run. */
import * as solid from '@rowsignal/solid'
import * as svelte from '@rowsignal/svelte'
import * as vue from '@rowsignal/vue'
import { Query, type InitialQueryBuilder } from '@tanstack/db'
import { expectTypeOf } from 'vitest'
import type { Todos } from './contract.ts'

declare const todos: Todos
declare const id: string | undefined

const picked = (q: InitialQueryBuilder) =>
  q.from({ todo: todos }).select(({ todo }) => ({ id: todo.id, name: todo.title }))

for (const { useLiveQueryEffect } of [vue, solid, svelte]) {
  const nothing = useLiveQueryEffect({
    query: picked,
    onEnter({ key, value }, { signal }) {
      expectTypeOf(key).toEqualTypeOf<string | number>()
      expectTypeOf(value.name).toEqualTypeOf<string>()
      expectTypeOf(signal).toEqualTypeOf<AbortSignal>()
    },
    onUpdate: async (event) => {
      if (event.type === 'update') expectTypeOf(event.previousValue.name).toEqualTypeOf<string>()
    },
    onBatch: (events) => void expectTypeOf(events[0]!.value.id).toEqualTypeOf<string>(),
    onError: (error) => expectTypeOf(error).toEqualTypeOf<Error>(),
    skipInitial: true,
  })
  expectTypeOf(nothing).toEqualTypeOf<void>()
  // A query that may be off, one that is built already, and one that is written in place.
  useLiveQueryEffect({
    query: (q) => id !== undefined && picked(q),
    onExit: ({ value }) => void expectTypeOf(value.name).toEqualTypeOf<string>(),
  })
  useLiveQueryEffect({
    query: picked(new Query()),
    onExit: ({ value }) => void expectTypeOf(value.name).toEqualTypeOf<string>(),
  })
  useLiveQueryEffect({
    query: (q) => q.from({ todo: todos }),
    onExit: ({ value }) => void expectTypeOf(value.rank).toEqualTypeOf<number>(),
  })
  // @ts-expect-error an effect needs a query
  useLiveQueryEffect({ onEnter: () => {} })
}
