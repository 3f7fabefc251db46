/** The sandbox: the three planners side by side, for the user (and the VFS) that its own address names. */
import '../app/planner.css'
import '../app/content.css'
import './sandbox.css'
import { openTracks } from './track.ts'

const user = new URLSearchParams(location.search).get('user') === '2' ? '2' : '1'

for (const link of document.querySelectorAll('.sign a')) {
  if (link.getAttribute('href') === `?user=${user}`) link.setAttribute('aria-current', 'page')
}
void openTracks([...document.querySelectorAll<HTMLElement>('.track')])
// The first planner does not wait for what is around it, which is as much code again.
const { showAround } = await import('./around.ts')
showAround(user)
