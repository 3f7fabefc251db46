/** The `onLoad` hook of a collection: run when its sync starts, again when it failed and is retried, ended with it. */
import { reportToPlatform } from '../errors.ts'

/** Ends what `onLoad` has opened. */
type Unload = () => void | Promise<void>
export type OnLoad = () => Unload | void | Promise<Unload | void>

interface OnLoadOptions {
  readonly onLoad: OnLoad | undefined
  /** What the first call waits for, however that ends. */
  readonly after: Promise<void> | undefined
}

export class OnLoadRun {
  readonly #options: OnLoadOptions
  readonly #settled: (failure: { cause: unknown } | undefined) => void
  #state: 'running' | 'done' | 'failed' | 'ended' = 'running'
  #unload: Unload | void = undefined

  /** @param settled Called when the hook has finished, or with what it threw. */
  constructor(options: OnLoadOptions, settled: (failure: { cause: unknown } | undefined) => void) {
    this.#options = options
    this.#settled = settled
  }

  /** Whether the collection still waits for the hook. */
  get running(): boolean {
    return this.#state === 'running'
  }

  start(): void {
    const { onLoad, after } = this.#options
    if (onLoad === undefined) this.#state = 'done'
    else if (after === undefined) void this.#run(onLoad)
    else {
      const run = (): void => {
        if (this.#state !== 'ended') void this.#run(onLoad)
      }
      after.then(run, run)
    }
  }

  /** Runs the hook again if it failed. */
  retry(): void {
    if (this.#state !== 'failed') return
    this.#state = 'running'
    this.start()
  }

  /**
   * Calls what the hook returned. A hook that still runs is not waited for, since it may wait for ever (for a network,
   * say): what it returns is called when it does.
   *
   * @returns Rejects when what was called fails.
   */
  async end(): Promise<void> {
    this.#state = 'ended'
    await this.#unload?.()
  }

  async #run(onLoad: OnLoad): Promise<void> {
    try {
      this.#unload = await onLoad()
    } catch (cause) {
      if (this.#state === 'ended') return
      this.#state = 'failed'
      this.#settled({ cause })
      return
    }
    if (this.#state === 'ended') {
      this.end().catch(reportToPlatform) // nobody waits for it any more
      return
    }
    this.#state = 'done'
    this.#settled(undefined)
  }
}
