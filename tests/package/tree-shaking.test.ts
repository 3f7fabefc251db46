/** What a bundle of the built packages holds, by what the app imports. */
import { svelte } from '@sveltejs/vite-plugin-svelte'
import { build, type Rolldown } from 'vite'
import { expect, test } from 'vitest'
import { root } from './run.ts'

const entry = 'virtual:entry'

/** The modules of ours and of @tanstack/db that a bundle of this code holds, as `core/rows/rows.js`. */
async function bundledModules(code: string): Promise<string[]> {
  const { output } = (await build({
    root: `${root}/tests`,
    configFile: false,
    logLevel: 'error',
    plugins: [
      svelte({ configFile: false }),
      {
        name: 'entry',
        resolveId: (id) => (id === entry ? `\0${entry}` : undefined),
        load: (id) => (id === `\0${entry}` ? code : undefined),
      },
    ],
    build: {
      write: false,
      minify: false,
      rolldownOptions: {
        input: entry,
        preserveEntrySignatures: 'strict',
        external: [/^vue/, /^solid-js/, /^svelte(\/|$)/, '@powersync/common'],
      },
    },
  })) as Rolldown.RolldownOutput
  const modules = output.flatMap((file) =>
    file.type === 'chunk' ? Object.entries(file.modules) : [],
  )
  return modules
    .filter(([, { renderedLength }]) => renderedLength > 0)
    .map(([id]) => /([\w-]+)\/dist\/(?:esm\/)?(.*)$/.exec(id))
    .filter((found) => found !== null)
    .map(([, name, module]) => `${name}/${module}`)
    .sort()
}

/** What @tanstack/db runs a live query with. */
const isEngine = (module: string) => module === 'db/query/live-query-collection.js'
const isLiveQuery = (module: string) => module.includes('/live-query')
/** What reads and writes SQLite. */
const isPowerSync = (module: string) => /^core\/(?:capture|codec|collection|write)\//.test(module)

test.each(['vue', 'solid', 'svelte'])(
  'useRow of %s is a few small modules beside those of useRows',
  async (framework) => {
    const ofRows = await bundledModules(`export { useRows } from '@rowsignal/${framework}'`)
    const ofRow = await bundledModules(`export { useRow } from '@rowsignal/${framework}'`)
    expect(ofRow.filter((module) => !ofRows.includes(module))).toEqual([
      'core/rows/row-view.js',
      ...(framework === 'svelte' ? ['svelte/readable.js'] : []), // `current`, which has one place
      `${framework}/row.js`,
    ])
  },
)

test.each(['vue', 'solid', 'svelte'])(
  'useRows of %s brings no live queries and nothing of PowerSync',
  async (framework) => {
    const modules = await bundledModules(`export { useRows } from '@rowsignal/${framework}'`)
    expect(modules).toContain('core/rows/rows-view.js')
    expect(modules.filter((module) => isEngine(module) || isLiveQuery(module))).toEqual([])
    expect(modules.filter(isPowerSync)).toEqual([])
  },
)

test.each(['vue', 'solid', 'svelte'])(
  'useLiveQuery of %s brings the queries of @tanstack/db, and nothing of PowerSync',
  async (framework) => {
    const modules = await bundledModules(`export { useLiveQuery } from '@rowsignal/${framework}'`)
    expect(modules.filter(isEngine)).not.toEqual([])
    expect(modules.filter(isPowerSync)).toEqual([])
  },
)

test('collections and their rows bring no live queries of ours', async () => {
  const modules = await bundledModules(
    `export { createPowerSyncCollection, rows } from '@rowsignal/core'`,
  )
  expect(modules.filter(isPowerSync)).not.toEqual([])
  expect(modules.filter(isLiveQuery)).toEqual([])
  expect(modules.filter(isEngine)).toEqual([])
})
