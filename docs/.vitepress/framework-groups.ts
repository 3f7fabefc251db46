/**
 * Neighbouring code blocks of Vue, Solid and Svelte become tabs of one group. The Markdown needs no marks for it, which
 * elsewhere would be shown as text.
 */
import type { MarkdownRenderer } from 'vitepress'

type Tokens = ReturnType<MarkdownRenderer['parse']>

const titles: Readonly<Record<string, string>> = { vue: 'Vue', tsx: 'Solid', svelte: 'Svelte' }

/** The framework of a block, by its language, or by a first line as `// Vue, in main.ts`. */
function frameworkOf({ type, info, content }: Tokens[number]): string | undefined {
  if (type !== 'fence') return undefined
  const language = /^\w+/.exec(info)?.[0] ?? ''
  return titles[language] ?? /^\/\/ (Vue|Solid|Svelte)\b/.exec(content)?.[1]
}

/** How many blocks from `start` on are of one group: each of another framework, with nothing between. */
function groupLength(tokens: Tokens, start: number): number {
  const seen = new Set<string>()
  for (const token of tokens.slice(start)) {
    const framework = frameworkOf(token)
    if (framework === undefined || seen.has(framework)) break
    seen.add(framework)
  }
  return seen.size
}

export function frameworkGroups(markdown: MarkdownRenderer): void {
  markdown.core.ruler.push('framework-groups', (state) => {
    const grouped: Tokens = []
    for (let at = 0; at < state.tokens.length;) {
      const length = groupLength(state.tokens, at)
      if (length < 2) {
        grouped.push(state.tokens[at++]!)
        continue
      }
      const blocks = state.tokens.slice(at, at + length)
      grouped.push(new state.Token('container_code-group_open', 'div', 1))
      for (const block of blocks) {
        block.info += ` [${frameworkOf(block)}]`
        grouped.push(block)
      }
      grouped.push(new state.Token('container_code-group_close', 'div', -1))
      at += length
    }
    state.tokens = grouped
  })
}
