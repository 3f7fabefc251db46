import type { EffectAnswer, LiveQueryEffectConfig } from '@rowsignal/core'
import { createLiveQueryEffect } from '@rowsignal/core/host'
import { host } from './host.ts'

/**
 * Runs functions on what enters, leaves or changes in a live query, from the next microtask on until the component is disposed.
 *
 * The config is that of TanStack DB's `createEffect`, and of `useLiveQueryEffect` in `@tanstack/react-db`: `onEnter`,
 * `onExit`, `onUpdate` for each row, `onBatch` for all at once; `skipInitial` leaves out the rows that are there at first.
 * What the query function reads is tracked: with another query the effect starts again, with an equal one it goes on, with
 * none it stops. What a function throws goes to `onError`. When a source fails, `onSourceError` is called and the effect ends.
 * Errors without a handler go to the platform.
 *
 * Cost: the query is computed for this effect alone. Nothing runs on a server.
 *
 * @example
 * useLiveQueryEffect({
 *   query: (q) => q.from({ todo: todos }).where(({ todo }) => eq(todo.done, 1)),
 *   onEnter: ({ value }) => notify(`${value.title} is done`),
 *   skipInitial: true,
 * })
 */
export function useLiveQueryEffect<Answer extends EffectAnswer>(
  config: LiveQueryEffectConfig<Answer>,
): void {
  createLiveQueryEffect(host, () => config.query, config)
}
