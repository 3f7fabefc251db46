/** The public API with all its types, as files that a reviewer reads; `vitest -u` writes them anew. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { snapshotApiPerEntry } from 'tsnapi/vitest'
import { beforeAll, describe } from 'vitest'
import { packages, root, runTool } from './run.ts'

interface Manifest {
  name: string
  exports: Record<string, unknown>
}

const build = ['--dts', '--no-config', '--format=esm', '--platform=neutral', '--target=es2022']

for (const folder of packages) {
  const output = `${root}/tests/.output/api/${folder}`
  const manifest = JSON.parse(readFileSync(`${root}/${folder}/package.json`, 'utf8')) as Manifest
  const entries = Object.keys(manifest.exports).filter((entry) => entry !== './package.json')
  const nameOf = (entry: string) => (entry === '.' ? 'index' : entry.slice(2))

  describe(`the API of ${manifest.name}`, () => {
    // The built types are spread over a file a room; here each entry is one file, so that it says all.
    beforeAll(() => {
      for (const entry of entries) {
        const name = nameOf(entry)
        runTool(
          'tsdown',
          [`src/${name}.ts`, ...build, `--out-dir=${output}/${name}`],
          `${root}/${folder}`,
        )
      }
    })

    mkdirSync(output, { recursive: true })
    const exports = entries.map((entry) => {
      const file = `./${nameOf(entry)}/${nameOf(entry)}`
      return [entry, { types: `${file}.d.ts`, default: `${file}.js` }]
    })
    writeFileSync(
      `${output}/package.json`,
      JSON.stringify({ name: manifest.name, exports: Object.fromEntries(exports) }),
    )
    snapshotApiPerEntry(output)
  })
}
