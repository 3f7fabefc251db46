/** The sandbox: the three planners side by side, for the user (and the VFS) that its own address names. */
import '../app/planner.css'
import './sandbox.css'

const user = new URLSearchParams(location.search).get('user') === '2' ? '2' : '1'

for (const link of document.querySelectorAll('.users a')) {
  if (link.getAttribute('href') === `?user=${user}`) link.setAttribute('aria-current', 'page')
}
for (const frame of document.querySelectorAll('iframe')) {
  frame.src = `/${frame.dataset.line}/${location.search}`
}
