/**
 * One collection: its runs of sync, one after the other, and what its `utils` tell of them. One options object may make
 * many collections, so nothing of this is in the options.
 */
import type { SyncConfigRes } from '@tanstack/db'
import { type Capture, captureOf } from '../capture/capture.ts'
import type { BadRow } from '../codec/codec.ts'
import { Follower, type FollowerOptions } from '../capture/follower.ts'
import type { LoadsOptions } from '../capture/loads.ts'
import { reportToPlatform, type RowsignalError } from '../errors.ts'
import { guardWrites } from './guarded-writes.ts'
import { indexKeys } from './key-index.ts'
import { LazyLoads } from './lazy-loads.ts'
import {
  type AnyCollection,
  assertSupportedCollection,
  type SyncWriter,
} from '../libraries/tanstack.ts'

/** The end of a run. */
interface Ending {
  readonly done: Promise<void>
  /** Whether somebody awaits it, who is told when it fails. */
  awaited: boolean
}

/** What a run needs that is the same for each. */
type RunOptions = Omit<FollowerOptions & LoadsOptions, 'badRows' | 'after'>

interface Run {
  readonly follower: Follower
  /** Of a collection that holds what it is asked for. */
  readonly loads: LazyLoads | undefined
}

export class CollectionRuns {
  readonly badRows = new Map<string, BadRow>()
  readonly #options: RunOptions
  #run: Run | undefined
  #ending: Ending | undefined

  constructor(options: RunOptions) {
    this.#options = options
  }

  get error(): RowsignalError | undefined {
    return this.#run?.follower.error
  }

  retry(): void {
    if (this.#run === undefined) return
    this.#capture.retry(this.#run.follower)
    this.#run.loads?.retry()
  }

  get isHeld(): boolean {
    return this.#run !== undefined && this.#capture.publisher.isHeld(this.#run.follower)
  }

  /** Empty before the first run. */
  get trackingTable(): string {
    if (this.#run === undefined) return ''
    return this.#capture.tracking.get(this.#run.follower.followed.table)?.destination ?? ''
  }

  start(writer: SyncWriter): SyncConfigRes {
    const { collection } = writer
    assertSupportedCollection(collection)
    indexKeys(collection)
    if (this.#run === undefined) {
      guardWrites(collection)
      this.#awaitEndings(collection)
    }
    const options = { ...this.#options, badRows: this.badRows, after: this.#ending?.done }
    const follower = new Follower(writer, options)
    const loads =
      options.syncMode === 'eager' ? undefined : new LazyLoads(follower, this.#capture, options)
    const run = { follower, loads }
    this.#run = run
    this.#capture.start(follower)
    const cleanup = (): void => this.#end(run)
    if (loads === undefined) return { cleanup }
    loads.start()
    return {
      cleanup,
      loadSubset: (subset) => loads.load(subset),
      unloadSubset: (subset) => loads.unload(subset),
    }
  }

  get #capture(): Capture {
    return captureOf(this.#options.followed.database)
  }

  /** Gives TanStack DB nothing to wait for: 0.9.2 drops it, and 0.15 lets nobody start the collection meanwhile. */
  #end(run: Run): void {
    this.badRows.clear()
    const ending: Ending = { done: this.#stop(run), awaited: false }
    this.#ending = ending
    ending.done
      .catch((error: unknown) => ending.awaited || reportToPlatform(error))
      .finally(() => {
        if (this.#ending === ending) this.#ending = undefined
      })
  }

  async #stop({ follower, loads }: Run): Promise<void> {
    const ends = [follower.end(), loads?.end() ?? Promise.resolve(), this.#capture.stop(follower)]
    const [unloaded, ended] = await Promise.allSettled(ends)
    for (const end of [unloaded, ended]) if (end?.status === 'rejected') throw end.reason
  }

  /** Has `cleanup()` wait for the end of the run, and reject as that does. Nobody awaits the one of `gcTime`. */
  #awaitEndings(collection: AnyCollection): void {
    const cleanup = collection.cleanup.bind(collection)
    collection.cleanup = async () => {
      const cleaned = cleanup()
      const ending = this.#ending
      if (ending !== undefined) ending.awaited = true
      await cleaned
      await ending?.done
    }
  }
}
