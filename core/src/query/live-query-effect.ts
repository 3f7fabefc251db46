/**
 * What `useLiveQueryEffect` of each binding runs: an effect of TanStack DB on what enters, leaves or changes in a query,
 * for as long as a component lives. Ours are its life, what starts it anew, and where its errors go.
 */
import { createEffect } from '@tanstack/db'
import type { Effect, EffectConfig, InitialQueryBuilder } from '@tanstack/db'
import { attempt, reportToPlatform } from '../errors.ts'
import { type AnyQuery, type AnyRow, queryOf } from '../libraries/tanstack.ts'
import type { Followable, Host } from '../readable/framework.ts'
import { beginAlike } from '../readable/keep.ts'
import type { RowKey } from '../rows/row-collection.ts'
import { type AnswerRow, askQuery, isNothing, queryFailed } from './live-query-view.ts'
import { describeQuery } from './query-ir.ts'

/** What a query function of an effect may return. Nothing: the effect is off. */
export type EffectAnswer = AnyQuery | null | undefined | false

/** The functions and options of an effect, with the names of TanStack DB's `createEffect`. */
export interface LiveQueryEffectConfig<Answer> extends Omit<
  EffectConfig<AnswerRow<Answer> & object, RowKey>,
  'query'
> {
  /** What it reads is tracked: the effect of another query starts anew. */
  readonly query: ((q: InitialQueryBuilder) => Answer) | Answer
}

type Config = EffectConfig<AnyRow, RowKey>

/**
 * Runs the effect of a query while the component lives that is being made; nothing on a server.
 *
 * It starts in a microtask, so that no function of it runs in the middle of a set-up or of a tracked computation.
 *
 * @param read Unwraps the query that a user gave; a function is a query function.
 */
export function createLiveQueryEffect<Answer>(
  host: Host<unknown>,
  read: () => unknown,
  given: LiveQueryEffectConfig<Answer>,
): void {
  const config = given as unknown as Config
  let running: { readonly identity: readonly unknown[]; readonly effect: Followable } | undefined
  const run = (identity: readonly unknown[], start: () => Effect): Followable => {
    if (running === undefined || !beginAlike(running.identity, identity, Infinity)) {
      running = { identity, effect: startLater(start, (cause) => sourceFailed(config, cause)) }
    }
    return running.effect
  }
  const ask = (): Followable | undefined => {
    try {
      const answer = askQuery(read())
      if (isNothing(answer)) return (running = undefined)
      const query = answer as AnyQuery
      const { read: sources, structure } = describeQuery(queryOf(query))
      const identity = structure && [structure.hash, ...structure.functions, ...sources]
      return run(identity ?? [query], () => createEffect(withErrors(config, query)))
    } catch (cause) {
      return run([cause], () => {
        throw queryFailed(cause)
      })
    }
  }
  host.follow(host.keep(ask))
}

/** TanStack DB logs what nobody handles; the platform is where an app looks for errors. */
function withErrors(config: Config, query: AnyQuery): Config {
  return {
    ...config,
    query: query as unknown as Config['query'],
    onError(error, event) {
      if (config.onError === undefined) reportToPlatform(error)
      else attempt(() => config.onError?.(error, event))
    },
    onSourceError: (error) => sourceFailed(config, error),
  }
}

function sourceFailed({ onSourceError }: Config, error: unknown): void {
  if (onSourceError === undefined) reportToPlatform(error)
  else attempt(() => onSourceError(error as Error))
}

function startLater(start: () => Effect, failed: (cause: unknown) => void): Followable {
  return {
    acquire() {
      let effect: Effect | undefined
      let isOver = false
      const end = (): void => void effect?.dispose().catch(reportToPlatform)
      queueMicrotask(() => {
        if (isOver) return
        try {
          effect = start()
        } catch (cause) {
          failed(cause)
        }
        if (isOver) end() // one of its functions has taken down the component
      })
      return () => {
        isOver = true
        end()
      }
    },
  }
}
