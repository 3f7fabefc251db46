/** The framework that a reader has chosen in one group of code blocks is shown in all of them, on all pages. */
import { inBrowser } from 'vitepress'

const key = 'rowsignal-framework'

function chosen(): string | null {
  try {
    return localStorage.getItem(key)
  } catch {
    return null // a browser may forbid it: each page begins with its first framework then
  }
}

function choose(framework: string): void {
  try {
    localStorage.setItem(key, framework)
  } catch {
    // As above.
  }
}

/** Shows the chosen framework wherever there is a choice. */
export function showFramework(): void {
  const framework = chosen()
  if (framework === null) return
  for (const label of document.querySelectorAll<HTMLElement>('.vp-code-group label')) {
    const input = document.getElementById(label.getAttribute('for') ?? '')
    // A click is what VitePress listens to.
    if (label.dataset['title'] === framework && input instanceof HTMLInputElement && !input.checked)
      input.click()
  }
}

/** Keeps what the reader clicks. */
export function rememberFramework(): void {
  if (!inBrowser) return
  addEventListener('click', ({ target, isTrusted }) => {
    if (!isTrusted || !(target instanceof HTMLInputElement)) return
    const label = target.parentElement?.querySelector<HTMLElement>(`label[for="${target.id}"]`)
    if (!target.matches('.vp-code-group input') || !label?.dataset['title']) return
    const top = target.getBoundingClientRect().top
    choose(label.dataset['title'])
    showFramework()
    // Blocks above have another height now; what was clicked stays where it is.
    scrollBy({ top: target.getBoundingClientRect().top - top, behavior: 'instant' })
  })
}
