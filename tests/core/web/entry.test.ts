/** What an app that opens its database by itself does not pay for. */
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'

test('the SDK of the web is optional', () => {
  const { peerDependencies, peerDependenciesMeta } = JSON.parse(
    readFileSync(new URL('../../../core/package.json', import.meta.url), 'utf8'),
  ) as Record<string, Record<string, unknown>>
  expect(peerDependencies).toHaveProperty('@powersync/web')
  expect(peerDependenciesMeta).toEqual({ '@powersync/web': { optional: true } })
})
