import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { expectedFailures } from '../next/expected-failures.ts'
import { root } from './run.ts'

test('the table of versions says why a test fails on a version to come', () => {
  const readme = readFileSync(`${root}/README.md`, 'utf8')
  for (const [project, failures] of Object.entries(expectedFailures)) {
    const tests = failures.flatMap(({ tests }) => Object.values(tests).flat())
    const framework = project === 'bindings-solid-2' ? 'Solid 2' : 'Vue 3.6'
    const row = readme.split('\n').find((line) => line.startsWith(`| ${framework}`))
    expect(row?.split('|')[2]?.trim()).toBe(`${tests.length}`)
    for (const { cause } of failures) expect(row).toContain(cause)
  }
})
