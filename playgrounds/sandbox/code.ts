/** The code beside each planner: the very files that make it, read when the sandbox was built. */
import { codeShown } from './conditions.ts'
import type { Framework } from '../app/session.ts'
import { frameworkNames } from './names.ts'

export function showCode(): void {
  codeShown.subscribe((isShown) => {
    document.body.toggleAttribute('data-code', isShown)
    if (isShown) addPanes().catch(reportError)
  })
}

/** They are loaded with the first look at them: a first visit has not to wait for them. */
async function addPanes(): Promise<void> {
  const { codeStyles, shownCode } = await import('virtual:shown-code')
  const sheet = new CSSStyleSheet()
  sheet.replaceSync(codeStyles)
  document.adoptedStyleSheets = [sheet]
  for (const track of document.querySelectorAll<HTMLElement>('.track:not(:has(.code))')) {
    const framework = track.dataset.line as Framework
    const pane = document.createElement('div')
    pane.className = 'code'
    const select = document.createElement('select')
    select.ariaLabel = `File of the ${frameworkNames[framework]} planner`
    const source = document.createElement('div')
    source.className = 'source'
    const files = shownCode[framework]
    for (const { title, file } of files) select.append(new Option(`${title}: ${file}`))
    const show = (): void => {
      source.innerHTML = files[select.selectedIndex]!.html
    }
    select.addEventListener('change', show)
    show()
    pane.append(select, source)
    track.append(pane)
  }
}
