/**
 * The links of the Markdown, in the repository and on the site. The build of the site fails by a link to a page that is not
 * there, and not by one to a heading.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { posix } from 'node:path'
import { expect, test } from 'vitest'
import { anchorOf } from '../../docs/.vitepress/repository-links.ts'
import { packages, root } from './run.ts'

const text = (page: string): string =>
  readFileSync(`${root}/${page}`, 'utf8').replaceAll(/^ *```.*?^ *```$/gms, '')

const inFolder = (folder: string): string[] =>
  readdirSync(`${root}/${folder}`)
    .filter((file) => file.endsWith('.md'))
    .map((file) => `${folder}/${file}`)

const pages = [
  'README.md',
  'CONTRIBUTING.md',
  'playgrounds/ssr/README.md',
  'playgrounds/starters/README.md',
  ...inFolder('docs'),
  ...inFolder('docs/rooms'),
]

function anchorsOf(page: string): Set<string> {
  const headings = [...text(page).matchAll(/^#+ (.+)$/gm)]
  return new Set(headings.map(([, heading = '']) => anchorOf(heading.replaceAll('`', ''))))
}

const linksOf = (page: string): string[] =>
  Array.from(text(page).matchAll(/\]\(([^)\s]+)\)/g), ([, link = '']) => link)

test('every link of a page leads to a file and a heading that are there', () => {
  const broken: string[] = []
  let found = 0
  for (const page of pages) {
    for (const link of linksOf(page).filter((link) => !/^[a-z]+:/.test(link))) {
      const [path = '', anchor] = link.split('#')
      const target = path === '' ? page : posix.join(posix.dirname(page), path)
      found++
      if (!existsSync(`${root}/${target}`)) broken.push(`${page}: ${link}`)
      else if (anchor !== undefined && !anchorsOf(target).has(anchor))
        broken.push(`${page}: ${link}`)
    }
  }
  expect(broken).toEqual([])
  expect(found).toBeGreaterThan(200)
})

test.each(packages)(
  'the README of %s has absolute links only, to files that are here',
  (folder) => {
    const links = linksOf(`${folder}/README.md`)
    expect(links.length).toBeGreaterThan(2)
    const here = 'https://github.com/rowsignal/rowsignal/blob/main/'
    for (const link of links) {
      expect(link).toMatch(/^https:\/\//)
      if (link.startsWith(here)) expect(existsSync(`${root}/${link.slice(here.length)}`)).toBe(true)
    }
  },
)
