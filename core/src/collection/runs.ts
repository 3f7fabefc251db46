/**
 * One collection: its runs of sync, one after the other, and what its `utils` tell of them. One options object may make
 * many collections, so nothing of this is in the options.
 */
import type { CleanupFn } from '@tanstack/db'
import { type Capture, captureOf } from '../capture/capture.ts'
import type { BadRow } from '../codec/codec.ts'
import { Follower, type FollowerOptions } from '../capture/follower.ts'
import { reportToPlatform, type RowsignalError } from '../errors.ts'
import { guardWrites } from './guarded-writes.ts'
import { indexKeys } from './key-index.ts'
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
type RunOptions = Omit<FollowerOptions, 'badRows' | 'after'>

export class CollectionRuns {
  readonly badRows = new Map<string, BadRow>()
  readonly #options: RunOptions
  #run: Follower | undefined
  #ending: Ending | undefined

  constructor(options: RunOptions) {
    this.#options = options
  }

  get error(): RowsignalError | undefined {
    return this.#run?.error
  }

  retry(): void {
    if (this.#run !== undefined) this.#capture.retry(this.#run)
  }

  get isHeld(): boolean {
    return this.#run !== undefined && this.#capture.publisher.isHeld(this.#run)
  }

  /** Empty before the first run. */
  get trackingTable(): string {
    if (this.#run === undefined) return ''
    return this.#capture.tracking.get(this.#run.followed.table)?.destination ?? ''
  }

  start(writer: SyncWriter): CleanupFn {
    const { collection } = writer
    assertSupportedCollection(collection)
    indexKeys(collection)
    if (this.#run === undefined) {
      guardWrites(collection)
      this.#awaitEndings(collection)
    }
    const run = new Follower(writer, {
      ...this.#options,
      badRows: this.badRows,
      after: this.#ending?.done,
    })
    this.#run = run
    this.#capture.start(run)
    return () => this.#end(run)
  }

  get #capture(): Capture {
    return captureOf(this.#options.followed.database)
  }

  /** Gives TanStack DB nothing to wait for: 0.9.2 drops it, and 0.15 lets nobody start the collection meanwhile. */
  #end(run: Follower): void {
    this.badRows.clear()
    const ending: Ending = { done: this.#stop(run), awaited: false }
    this.#ending = ending
    ending.done
      .catch((error: unknown) => ending.awaited || reportToPlatform(error))
      .finally(() => {
        if (this.#ending === ending) this.#ending = undefined
      })
  }

  async #stop(run: Follower): Promise<void> {
    const [unloaded] = await Promise.allSettled([run.end(), this.#capture.stop(run)])
    if (unloaded.status === 'rejected') throw unloaded.reason
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
