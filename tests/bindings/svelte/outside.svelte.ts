import { useLiveQuery, useReadable, useRows } from '@rowsignal/svelte'
import { rows } from '@rowsignal/core'
import type { InitialQueryBuilder } from '@tanstack/db'
import type { Box, Todos } from '../contract.ts'

/** Made outside every component, as in a module; `follow` is what a component that reads it does. */
export function createOutside(todos: Todos, log: (entry: string) => void) {
  const live = useRows(todos)
  const plain = useReadable(rows(todos))
  return {
    read: () => [live.rows[0]?.title, plain.current[0]?.title],
    follow: () =>
      $effect.root(() => {
        $effect(() => log(`${live.rows[0]?.title} ${plain.current[0]?.title} ${live.size}`))
      }),
  }
}

/** A query with dependencies that it does not need, and one of an object; `run` reads both in an effect. */
export function createQueries(todos: Todos, dependency: Box<number>, log: (entry: string) => void) {
  const listed = useLiveQuery(
    (q) => (log('query'), q.from({ todo: todos })),
    [() => dependency.value],
  )
  const config = useLiveQuery({
    query: (q: InitialQueryBuilder) => q.from({ todo: todos }).findOne(),
  })
  return () =>
    $effect.root(() => {
      $effect(() => log(`${listed.data.length} ${config.data?.title}`))
    })
}

/** A query made in an effect that does not read it. */
export function createInEffect(todos: Todos) {
  let count = () => 0
  const stop = $effect.root(() => {
    const query = useLiveQuery({ query: (q) => q.from({ todo: todos }), keepAliveMs: 0 })
    count = () => query.data.length
  })
  return { count, stop }
}
