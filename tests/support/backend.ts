/** Real backends for tests, each with a data folder of its own, closed and removed when the test ends. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  readCities,
  startBackend,
  type Backend,
  type BackendOptions,
} from '@rowsignal/playground-backend'
import { onTestFinished } from 'vitest'

export interface TestBackendOptions extends Omit<Partial<BackendOptions>, 'places'> {
  /** How many of the 135,233 places there are. Default: 0. */
  readonly places?: number | 'all'
}

export interface TestBackend extends Backend {
  readonly dataDir: string
  /** A token for user 1 or 2. */
  token(user?: '1' | '2'): Promise<string>
}

/** A backend on a free port, or on the given one, with an empty data folder, or with the given one. */
export async function startTestBackend(options: TestBackendOptions = {}): Promise<TestBackend> {
  const { places = 0, ...rest } = options
  const dataDir = options.dataDir ?? (await makeFolder())
  const backend = await startBackend({
    ...rest,
    dataDir,
    places: () => readCities(places === 'all' ? undefined : places),
  })
  let isOpen = true
  const close = async () => {
    if (!isOpen) return
    isOpen = false
    await backend.close()
  }
  onTestFinished(close)
  return {
    ...backend,
    dataDir,
    close,
    async token(user = '1') {
      const response = await fetch(`${backend.url}/api/token?user=${user}`)
      const { token } = (await response.json()) as { token: string }
      return token
    },
  }
}

/** An empty folder that goes when the test ends, after the backends in it have been closed. */
export async function makeFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'rowsignal-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true, maxRetries: 3 }))
  return folder
}
