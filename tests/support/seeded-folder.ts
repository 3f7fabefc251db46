/**
 * Data folders of the backend that have been through their first start, kept in `tests/.output` and made again when
 * anything of the backend changes. To make Postgres' files takes 2 s, and 135,233 places some seconds more; a copy 0.3 s.
 */
import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readdir, readFile, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { startBackend, type Place } from '@rowsignal/playground-backend'

const source = fileURLToPath(new URL('../../playgrounds/backend', import.meta.url))
const shelf = fileURLToPath(new URL('../.output/backend', import.meta.url))

export async function seededFolder<Places extends number | 'all'>(
  places: Places,
  citiesOf: (places: Places) => Place[],
): Promise<string> {
  const digest = await digestOf()
  const folder = join(shelf, `${digest}-${places}`)
  if (existsSync(folder)) return folder

  await mkdir(shelf, { recursive: true })
  for (const old of await readdir(shelf))
    if (!old.startsWith(digest) && !old.startsWith('making-'))
      await rm(join(shelf, old), { recursive: true, force: true })
  const making = await mkdtemp(join(shelf, 'making-'))
  const backend = await startBackend({ dataDir: making, places: () => citiesOf(places) })
  await backend.close()
  try {
    await rename(making, folder)
  } catch (error) {
    // Another test file was faster.
    if (!existsSync(folder)) throw error
    await rm(making, { recursive: true })
  }
  return folder
}

async function digestOf(): Promise<string> {
  const hash = createHash('sha256')
  const rooms = (await readdir(join(source, 'src'))).sort().map((name) => join('src', name))
  for (const name of ['package.json', 'schema.sql', 'sync.sql', 'sync-streams.yaml', ...rooms])
    hash.update(name).update(await readFile(join(source, name)))
  return hash.digest('hex').slice(0, 16)
}
