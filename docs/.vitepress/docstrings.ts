/** What a docstring says of shape, cost and source has a line of its own in the source, and has one on its page. */
import type { MarkdownRenderer } from 'vitepress'

export function docstrings(markdown: MarkdownRenderer): void {
  markdown.core.ruler.push('docstrings', (state) => {
    const { relativePath } = state.env as { relativePath?: string } // none of a title by itself
    if (relativePath?.startsWith('api/') !== true) return
    for (const { children } of state.tokens) {
      children?.forEach((token, index) => {
        const isPart = /^(?:Shape|Cost|Source): /.test(children[index + 1]?.content ?? '')
        if (token.type === 'softbreak' && isPart) token.type = 'hardbreak'
      })
    }
  })
}
