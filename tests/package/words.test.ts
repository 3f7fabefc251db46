/** Words for what is inside are not those of who uses the packages: they stand on the pages about the inside, and in titles of tests. */
import { readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { packages, root } from './run.ts'

const inside = ['how-it-works.md', 'benchmarks.md', 'bindings-cost.md', 'real-service.md']
const pages = [
  'README.md',
  ...packages.map((folder) => `${folder}/README.md`),
  ...readdirSync(`${root}/docs`)
    .filter((file) => file.endsWith('.md') && !inside.includes(file))
    .map((file) => `docs/${file}`),
]

/** What a page says, without code, links, and the titles of tests. */
function proseOf(markdown: string): string {
  return markdown
    .replaceAll(/^ *```.*?^ *```$/gms, '')
    .replaceAll(/`[^`]*`: [^|]*\|/g, '|')
    .replaceAll(/`[^`]*`,\s+"[^"]*"/g, '')
    .replaceAll(/`[^`]*`/g, '')
    .replaceAll(/\]\([^)]*\)/g, ']')
}

const words =
  /(?<![\w-])(?:publications?|captures?|rooms?|floors?|bad rows?|drains?|followers?)(?![\w-])/gi

test.each(pages)('%s has no words of the inside', (page) => {
  const prose = proseOf(readFileSync(`${root}/${page}`, 'utf8'))
  expect(prose.length).toBeGreaterThan(500)
  expect(prose.match(words) ?? []).toEqual([])
})

test('they are found in prose, and not in code and titles of tests', () => {
  const page = `
A drain reads all. \`capture-failed\` is a code ([errors](rooms/capture.md)).

## capture-failed

| promised | test |
|---|---|
| One bad row stops no other. | \`core/codec/codec\`: one bad row |

\`\`\`ts
const floor = 1
\`\`\`
`
  expect(proseOf(page).match(words)).toEqual(['drain', 'bad row'])
})
