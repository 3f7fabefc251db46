/**
 * The `onLoad` hook of a collection: run when its sync starts, again when it failed and is retried, ended with it. Its
 * states are its own: rows are read and shown whatever it does, and only `ready` waits for both.
 */
import { reportToPlatform, RowsignalError } from '../errors.ts'

/** Ends what `onLoad` has opened. */
type Unload = () => void | Promise<void>
export type OnLoad = () => Unload | void | Promise<Unload | void>

interface OnLoadOptions {
  readonly onLoad: OnLoad | undefined
  /** What the first call waits for, however that ends. */
  readonly after: Promise<void> | undefined
}

type State =
  | {
      /** `waiting`: for its start, or for the end of the run before. */
      readonly name: 'waiting' | 'running' | 'ended'
      /** Of the call before, and told until this one has succeeded. */
      readonly error: RowsignalError | undefined
    }
  | { readonly name: 'failed'; readonly error: RowsignalError }
  | { readonly name: 'done'; readonly error?: undefined }

export class OnLoadRun {
  readonly #options: OnLoadOptions
  readonly #collectionId: string
  readonly #settled: () => void
  #waiting: (() => void)[] = []
  #state: State = { name: 'waiting', error: undefined }
  #unload: Unload | void = undefined

  /** @param settled Called when the hook has finished or failed. */
  constructor(collectionId: string, options: OnLoadOptions, settled: () => void) {
    this.#collectionId = collectionId
    this.#options = options
    this.#settled = settled
  }

  get isDone(): boolean {
    return this.#state.name === 'done'
  }

  get error(): RowsignalError | undefined {
    return this.#state.error
  }

  /** Resolves when the hook has finished, or is ended; rejects with the very error that it failed with. */
  async finished(): Promise<void> {
    while (this.#state.name === 'waiting' || this.#state.name === 'running') {
      await new Promise<void>((changed) => this.#waiting.push(changed))
    }
    if (this.#state.name === 'failed') throw this.#state.error.cause
  }

  start(): void {
    const { onLoad, after } = this.#options
    if (onLoad === undefined) this.#become({ name: 'done' })
    else if (after === undefined) void this.#run(onLoad)
    else {
      const run = (): void => {
        if (this.#state.name === 'waiting') void this.#run(onLoad)
      }
      after.then(run, run)
    }
  }

  /** Runs the hook again if it failed. */
  retry(): void {
    if (this.#state.name !== 'failed') return
    this.#become({ name: 'waiting', error: this.#state.error })
    this.start()
  }

  /**
   * Calls what the hook returned. A hook that still runs is not waited for, since it may wait for ever (for a network,
   * say): what it returns is called when it does.
   *
   * @returns Rejects when what was called fails.
   */
  async end(): Promise<void> {
    this.#become({ name: 'ended', error: this.#state.error })
    await this.#unload?.()
  }

  async #run(onLoad: OnLoad): Promise<void> {
    this.#become({ name: 'running', error: this.#state.error })
    try {
      this.#unload = await onLoad()
    } catch (cause) {
      if (this.#isEnded) return
      const message = `collection: \`onLoad\` of collection \`${this.#collectionId}\` failed; the cause says why. \`utils.retry()\` runs it again.`
      this.#become({
        name: 'failed',
        error: new RowsignalError('load-hook-failed', message, { cause }),
      })
      this.#settled()
      return
    }
    if (this.#isEnded) {
      this.end().catch(reportToPlatform) // nobody waits for it any more
      return
    }
    this.#become({ name: 'done' })
    this.#settled()
  }

  #become(state: State): void {
    this.#state = state
    const waiting = this.#waiting
    this.#waiting = []
    for (const changed of waiting) changed()
  }

  /** It may have been ended while it ran. */
  get #isEnded(): boolean {
    return this.#state.name === 'ended'
  }
}
