/**
 * The loads of a collection, with the code for them, which makes SQL of queries: a third of the library, that an app with eager
 * collections alone never loads. It is brought when the first other collection starts.
 */
import type { LoadSubsetOptions } from '@tanstack/db'
import type { Capture } from '../capture/capture.ts'
import type { Follower } from '../capture/follower.ts'
import type { Loads, LoadsOptions } from '../capture/loads.ts'

type Module = typeof import('../capture/loads.ts')

let loaded: Module | undefined

async function bring(): Promise<Module> {
  loaded ??= await import('../capture/loads.ts')
  return loaded
}

export class LazyLoads {
  readonly #create: (module: Module) => Loads
  #loads: Loads | undefined
  #hasEnded = false

  constructor(follower: Follower, capture: Capture, options: LoadsOptions) {
    this.#create = ({ Loads }) => new Loads(follower, capture, options)
  }

  start(): void {
    this.#use((loads) => loads.start())
  }

  load(options: LoadSubsetOptions): true | Promise<void> {
    return this.#now()?.load(options) ?? this.#loadLater(options)
  }

  unload(options: LoadSubsetOptions): void {
    this.#use((loads) => loads.unload(options))
  }

  retry(): void {
    this.#use((loads) => loads.retry())
  }

  async end(): Promise<void> {
    this.#hasEnded = true
    await this.#loads?.end()
  }

  /** At once if the code is there. Who asks for rows is told when it can't be brought. */
  #use(run: (loads: Loads) => void): void {
    const loads = this.#now()
    if (loads !== undefined) run(loads)
    else
      void this.#later().then(
        (later) => later && run(later),
        () => undefined,
      )
  }

  async #loadLater(options: LoadSubsetOptions): Promise<void> {
    const loads = await this.#later()
    await loads?.load(options)
  }

  #now(): Loads | undefined {
    if (loaded !== undefined) this.#loads ??= this.#create(loaded)
    return this.#loads
  }

  /** Undefined: the run has ended meanwhile. */
  async #later(): Promise<Loads | undefined> {
    await bring()
    return this.#hasEnded ? undefined : this.#now()
  }
}
