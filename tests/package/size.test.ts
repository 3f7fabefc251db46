import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { root, runTool } from './run.ts'

interface Measured {
  name: string
  passed: boolean
  /** Bytes, minified and gzipped. */
  size: number
}

const measured = JSON.parse(runTool('size-limit', ['--json'], root)) as Measured[]
const readme = readFileSync(`${root}/README.md`, 'utf8')

test.each(measured)('$name is within its budget, and the README says its size', (it) => {
  expect(it.passed).toBe(true)
  const row = readme.split('\n').find((line) => line.startsWith(`| \`${it.name}\``))
  expect(row).toContain(`| ${(it.size / 1000).toFixed(1)} kB |`)
})
