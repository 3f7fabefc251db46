/** Real backends for tests, each with a data folder of its own, closed and removed when the test ends. */
import { cpSync } from 'node:fs'
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
import { seededFolder } from './seeded-folder.ts'

export interface TestBackendOptions extends Omit<Partial<BackendOptions>, 'places'> {
  /** How many of the 135,233 places there are. Default: 0. */
  readonly places?: number | 'all'
}

export interface TestBackend extends Backend {
  readonly dataDir: string
  /** A token for user 1 or 2. */
  token(user?: '1' | '2'): Promise<string>
}

/** A backend on a free port, or on the given one, with a new data folder, or with the given one. */
export async function startTestBackend(options: TestBackendOptions = {}): Promise<TestBackend> {
  const { places = 0, dataDir = await makeSeededFolder(places), ...rest } = options
  const backend = await startBackend({ ...rest, dataDir, places: () => citiesOf(places) })
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

/** A data folder as a first start leaves it, without the first start's 2 to 15 seconds. */
export async function makeSeededFolder(places: number | 'all'): Promise<string> {
  const [folder, seeded] = await Promise.all([makeFolder(), seededFolder(places, citiesOf)])
  // A thousand small files: one after the other without waiting is three times as fast.
  cpSync(seeded, folder, { recursive: true })
  return folder
}

function citiesOf(places: number | 'all') {
  return readCities(places === 'all' ? undefined : places)
}
