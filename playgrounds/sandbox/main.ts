/** The sandbox: the three planners side by side, for the user (and the VFS) that its own address names. */
import '../app/planner.css'
import '../app/content.css'
import './sandbox.css'
import { showCode } from './code.ts'
import { connectConditions } from './conditions.ts'
import { showSteps } from './step-strip.ts'
import { openTracks } from './track.ts'

const user = new URLSearchParams(location.search).get('user') === '2' ? '2' : '1'

for (const link of document.querySelectorAll('.sign a')) {
  if (link.getAttribute('href') === `?user=${user}`) link.setAttribute('aria-current', 'page')
}
void openTracks([...document.querySelectorAll<HTMLElement>('.track')])
const conditions = connectConditions(user)
showSteps(user, conditions.refresh)
showCode()
