/** What npm shows of a package, and what a debugger finds in it. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { packages, root } from './run.ts'

interface Manifest {
  readonly description: string
  readonly keywords: readonly string[]
  readonly files: readonly string[]
  readonly homepage: string
  readonly bugs: { readonly url: string }
  readonly repository: { readonly url: string; readonly directory: string }
}

test.each(packages)('the manifest of %s says what it is, and where it comes from', (folder) => {
  const manifest = JSON.parse(readFileSync(`${root}/${folder}/package.json`, 'utf8')) as Manifest
  const home = 'https://github.com/rowsignal/rowsignal'
  expect(manifest.repository).toEqual({ type: 'git', url: `git+${home}.git`, directory: folder })
  expect(manifest.homepage).toBe(`${home}#readme`)
  expect(manifest.bugs.url).toBe(`${home}/issues`)
  expect(manifest.keywords).toEqual(
    expect.arrayContaining(['local-first', 'powersync', 'tanstack-db']),
  )
  expect(manifest.description.length).toBeGreaterThan(40)
  expect(manifest.files).toEqual(['dist', 'skills'])
})

test.each(packages)('each file of %s with code has a source map with its source', (folder) => {
  const dist = `${root}/${folder}/dist`
  const files = readdirSync(dist, { recursive: true, encoding: 'utf8' })
  const withCode = files.filter((file) => {
    if (!file.endsWith('.js')) return false
    const lines = readFileSync(`${dist}/${file}`, 'utf8').split('\n')
    return lines.some((line) => line !== '' && !/^(?:import|export) .*;$|^\/\//.test(line))
  })
  expect(withCode.length).toBeGreaterThan(5)
  for (const file of withCode) {
    expect(existsSync(`${dist}/${file}.map`), file).toBe(true)
    const map = JSON.parse(readFileSync(`${dist}/${file}.map`, 'utf8')) as {
      sourcesContent: unknown[]
    }
    expect(
      map.sourcesContent.every((source) => typeof source === 'string'),
      file,
    ).toBe(true)
  }
})
