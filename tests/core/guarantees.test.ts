/** The pages that promise something name the test that shows it; here is that the test exists. */
import { readdir, readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'

const root = new URL('../../', import.meta.url)
const pages = (await readdir(new URL('docs', root), { recursive: true })).filter((page) =>
  page.endsWith('.md'),
)

/** `core/write`: title, or `core/write`, "title" in running text. */
const references =
  /`(?<file>(?:core|bindings|property|fault|leak|browser)\/[\w./-]+)`(?:: (?<cell>[^|]+?) \||,\s+"(?<text>[^"]+)")/g

test('every test that the docs name exists', async () => {
  const missing: string[] = []
  let found = 0
  for (const page of pages) {
    const text = await readFile(new URL(`docs/${page}`, root), 'utf8')
    for (const { groups } of text.matchAll(references)) {
      const title = (groups?.['cell'] ?? groups?.['text'] ?? '').replaceAll(/\s+/g, ' ')
      const file = new URL(`tests/${groups?.['file']}.test.ts`, root)
      const source = await readFile(file, 'utf8').catch(() => '')
      found++
      if (!source.includes(`'${title}'`)) missing.push(`${page}: ${groups?.['file']}: ${title}`)
    }
  }
  expect(missing).toEqual([])
  expect(found).toBeGreaterThan(40)
})
