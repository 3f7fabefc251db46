/** The sandbox: the three planners side by side, for the user (and the VFS) that its own address names. */
import '../app/planner.css'
import '../app/content.css'
import './sandbox.css'
import type { Framework } from '../app/session.ts'
import { showCode } from './code.ts'
import { connectConditions } from './conditions.ts'
import { showSteps } from './step-strip.ts'
import { openTrack } from './track.ts'

const user = new URLSearchParams(location.search).get('user') === '2' ? '2' : '1'

for (const link of document.querySelectorAll('.sign a')) {
  if (link.getAttribute('href') === `?user=${user}`) link.setAttribute('aria-current', 'page')
}
for (const track of document.querySelectorAll<HTMLElement>('.track')) {
  openTrack(track, track.dataset.line as Framework)
}
const conditions = connectConditions(user)
showSteps(user, conditions.refresh)
showCode()
