/** What the docs say of versions. */
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import core from '../../core/package.json' with { type: 'json' }
import upstream from '../bench/upstream/package.json' with { type: 'json' }
import manifest from '../package.json' with { type: 'json' }
import { root } from './run.ts'

const frameworks = ['vue', 'solid', 'svelte'] as const
const versions = manifest.devDependencies

const read = (page: string): string => readFileSync(`${root}/${page}`, 'utf8')

test('every line of the docs that installs names a range, one that the packages support', () => {
  const readmes = [
    'README.md',
    'core/README.md',
    ...frameworks.map((name) => `bindings/${name}/README.md`),
  ]
  const starts = frameworks.map((name) => `quick-start-${name}`)
  const guides = ['guide', 'moving', 'types', ...starts, ...frameworks].map(
    (page) => `docs/${page}.md`,
  )
  const lines = [...readmes, ...guides].flatMap((page) => read(page).split('\n'))
  const packages = lines.flatMap((line) => {
    const found = /\b(?:npm (?:i|install|add)|(?:pnpm|yarn|bun) add) ([^`#]+)/.exec(line)
    return found?.[1]?.trim().split(/\s+/) ?? []
  })
  expect(packages.length).toBeGreaterThan(10)
  const foreign = packages.filter((name) => !name.startsWith('@rowsignal/') && name.startsWith('@'))
  expect(new Set(foreign)).toEqual(
    new Set(['@tanstack/db@0.15', '@powersync/common@2', '@powersync/web@2']),
  )
  expect(packages.filter((name) => !name.startsWith('@'))).toEqual([])
  const { peerDependencies: peers } = core
  expect(peers['@tanstack/db']).toContain('~0.15.')
  expect(peers['@powersync/common']).toMatch(/^\^2\./)
  expect(versions['@tanstack/db']).toMatch(/^0\.15\./)
  expect(versions['@powersync/common']).toMatch(/^2\./)
  expect(versions['@powersync/web']).toMatch(/^2\./)
})

test('what is said of other packages names their versions, which are those that were measured', () => {
  const adapters = frameworks.map((name) => `${name}-db ${versions[`@tanstack/${name}-db`]}`)
  const peer = upstream.dependencies['@tanstack/powersync-db-collection']
  const readme = read('README.md')
  for (const adapter of adapters) {
    expect(readme).toContain(adapter)
    expect(read('docs/bindings-cost.md')).toContain(adapter)
    expect(read('docs/rooms/query.md')).toContain(adapter)
  }
  expect(readme).toContain(`Version ${peer} `)
  for (const page of ['docs/benchmarks.md', 'docs/moving.md']) expect(read(page)).toContain(peer)
  for (const page of ['README.md', 'docs/benchmarks.md', 'docs/bindings-cost.md']) {
    expect(read(page)).toContain('the newest that we could install')
    expect(read(page)).toContain('may be faster')
  }
})
