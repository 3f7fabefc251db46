/** What the docs say of versions. */
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import upstream from '../bench/upstream/package.json' with { type: 'json' }
import manifest from '../package.json' with { type: 'json' }
import { root } from './run.ts'

const frameworks = ['vue', 'solid', 'svelte'] as const
const versions = manifest.devDependencies

const read = (page: string): string => readFileSync(`${root}/${page}`, 'utf8')

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
