import './planner.css'
import './content.css'
import { tellSettled } from './settled.ts'
import { openPlanner, type Planner } from './planner.ts'
import type { Framework } from './session.ts'
import { tellSteps } from './steps.ts'

/** Opens the planner and hands it to the framework, or shows why it cannot be opened. */
export async function startPlanner(
  framework: Framework,
  mount: (planner: Planner, root: HTMLElement) => void,
): Promise<void> {
  const root = document.querySelector<HTMLElement>('#app')
  if (root === null) throw new Error('the page has no #app')
  const isEmbedded = window.parent !== window
  if (isEmbedded) document.documentElement.dataset.embedded = ''
  try {
    const planner = await openPlanner(framework)
    root.replaceChildren() // what the page showed until now
    mount(planner, root)
    if (!isEmbedded) return
    tellSteps(planner)
    tellSettled(planner).catch(reportError) // the planner is shown, whatever comes of it
  } catch (error) {
    showFailure(root, error)
  }
}

function showFailure(root: HTMLElement, error: unknown): void {
  const alert = document.createElement('p')
  alert.role = 'alert'
  alert.className = 'alert'
  alert.textContent = `The planner cannot start: ${error instanceof Error ? error.message : String(error)}`
  root.replaceChildren(alert)
}
