/** The `onLoad` hook of a collection: run when its sync starts, again when it failed and is retried, ended with it. */
import type { CleanupFn } from '@tanstack/db'
import { attempt } from './errors.ts'

export type OnLoad = () => CleanupFn | void | Promise<CleanupFn | void>

export class LoadHook {
  readonly #onLoad: OnLoad | undefined
  readonly #settled: (failure: { cause: unknown } | undefined) => void
  #state: 'running' | 'done' | 'failed' | 'ended' = 'running'
  #unload: CleanupFn | void = undefined

  /** @param settled Called when the hook has finished, or with what it threw. */
  constructor(
    onLoad: OnLoad | undefined,
    settled: (failure: { cause: unknown } | undefined) => void,
  ) {
    this.#onLoad = onLoad
    this.#settled = settled
  }

  /** Whether the collection still waits for the hook. */
  get running(): boolean {
    return this.#state === 'running'
  }

  start(): void {
    if (this.#onLoad === undefined) this.#state = 'done'
    else void this.#run(this.#onLoad)
  }

  /** Runs the hook again if it failed. */
  retry(): void {
    if (this.#state !== 'failed') return
    this.#state = 'running'
    this.start()
  }

  /** Calls what the hook returned, also if it returns only later. */
  end(): void {
    this.#state = 'ended'
    attempt(() => void this.#unload?.())
  }

  async #run(onLoad: OnLoad): Promise<void> {
    try {
      const unload = await onLoad()
      if (this.#state === 'ended') {
        attempt(() => void unload?.())
        return
      }
      this.#unload = unload
      this.#state = 'done'
      this.#settled(undefined)
    } catch (cause) {
      if (this.#state === 'ended') return
      this.#state = 'failed'
      this.#settled({ cause })
    }
  }
}
