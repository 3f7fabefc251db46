/** The links of the Markdown are right in the repository; here they are made right on the site. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { posix } from 'node:path'
import type { MarkdownRenderer } from 'vitepress'

export const repository = 'https://github.com/rowsignal/rowsignal'

/** What a link of `page` (its path under `docs`) is on the site: what is not under `docs` is in the repository only. */
function onSite(page: string, href: string): string {
  if (/^(?:[a-z]+:|\/|#)/.test(href)) return href
  const path = posix.normalize(posix.join('docs', posix.dirname(page), href))
  if (path === 'README.md' || path.startsWith('README.md#')) return '/'
  return path.startsWith('docs/') ? href : `${repository}/blob/main/${path}`
}

/** The anchor of a heading, as the repository's host makes it. VitePress' own differs: it makes `a-b` of `a(b)`. */
export function anchorOf(heading: string): string {
  return heading
    .trim()
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{M}\p{N}\p{Pc} -]/gu, '')
    .replaceAll(' ', '-')
}

export function repositoryLinks(markdown: MarkdownRenderer): void {
  markdown.core.ruler.push('repository-links', (state) => {
    const { relativePath } = state.env as { relativePath: string }
    for (const token of state.tokens.flatMap(({ children }) => children ?? [])) {
      const href = token.type === 'link_open' ? token.attrGet('href') : null
      if (href !== null) token.attrSet('href', onSite(relativePath, href))
    }
  })
}

/** The same for what is written for machines: the pages as Markdown, and all of them in one text, both beside the site. */
export function absoluteLinks(folder: string): void {
  for (const file of readdirSync(folder).filter((name) => /\.(?:md|txt)$/.test(name))) {
    const text = readFileSync(`${folder}/${file}`, 'utf8')
    const mended = text
      .replaceAll(/\]\(\.\.\/([^)]+)\)/g, (_, path: string) => `](${repository}/blob/main/${path})`)
      .replaceAll(/\n{3,}/g, '\n\n') // of API pages, which llms.txt leaves out
    writeFileSync(`${folder}/${file}`, mended)
  }
}
