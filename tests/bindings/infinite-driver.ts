/** What the suite of `useLiveInfiniteQuery` asks of a framework and an adapter. */
import type { InfiniteQueryConfig } from '@rowsignal/core'
import type { Todo } from '../support/synced-collection.ts'
import type { Box } from './contract.ts'

/** The fields of the official adapters. */
export interface InfiniteQuery {
  readonly data: readonly Todo[]
  readonly pages: readonly (readonly Todo[])[]
  readonly pageParams: readonly number[]
  readonly state: ReadonlyMap<unknown, Todo>
  readonly collection: object
  readonly status: string
  readonly isLoading: boolean
  readonly isReady: boolean
  readonly isIdle: boolean
  readonly isError: boolean
  readonly isCleanedUp: boolean
  readonly hasNextPage: boolean
  readonly isFetchingNextPage: boolean
  readonly error: unknown
  readonly fetchNextPage: () => Promise<void>
}

export interface InfiniteArguments {
  /** A query function, a collection, or a function that gives one. */
  readonly input: unknown
  readonly config: InfiniteQueryConfig
  /** Read by each of the dependencies. */
  readonly dependencies: readonly Box<unknown>[]
}

export interface InfiniteDriver {
  readonly box: <T>(value: T) => Box<T>
  readonly flush: () => Promise<void>
  /** The hook as a component has it, until `stop`. Throws what the hook throws. */
  readonly open: (given: InfiniteArguments) => {
    readonly query: InfiniteQuery
    readonly stop: () => void
  }
}

/** A config that reads a box, as a reactive object does. */
export function configOf(box: Box<InfiniteQueryConfig>): InfiniteQueryConfig {
  return {
    get pageSize() {
      return box.value.pageSize
    },
    get initialPageParam() {
      return box.value.initialPageParam
    },
  }
}
