/** One planner of the sandbox: its head, and its page in a frame that can be killed. */
import { settled } from '../app/settled.ts'
import type { Framework } from '../app/session.ts'
import { frameworkNames } from './names.ts'

/**
 * Opens the first, and the others when that one has its rows. Opened together, on a first visit, each is as late as the
 * last: they share two or so cores, and the SDK opens one database of an origin at a time and asks for its turn twice.
 */
export async function openTracks(tracks: readonly HTMLElement[]): Promise<void> {
  const [loadFirst, ...loadOthers] = tracks.map(makeTrack)
  const isSettled = settled(2000)
  loadFirst?.()
  await isSettled
  for (const load of loadOthers) load()
}

/** @returns What loads its page. */
function makeTrack(track: HTMLElement): () => void {
  const framework = track.dataset.line as Framework
  const template = document.querySelector<HTMLTemplateElement>('#track')!
  const parts = document.importNode(template.content, true)
  const name = frameworkNames[framework]
  const address = `/${framework}/${location.search}`
  const [head, link, button] = [
    parts.querySelector('h2')!,
    parts.querySelector('a')!,
    parts.querySelector('button')!,
  ]
  head.textContent = name
  link.href = address
  link.setAttribute('aria-label', `${name} in a second tab`)
  const load = (frame: HTMLIFrameElement): void => {
    frame.title = name
    frame.src = address
  }
  const say = (text: string): void => {
    button.textContent = text
    button.setAttribute('aria-label', `${text} ${name}`)
  }
  const first = parts.querySelector('iframe')!
  let shown: HTMLElement = first
  say('Kill')
  // A frame that is removed ends in the middle of whatever it does, workers and all.
  button.addEventListener('click', () => {
    const before = shown
    if (before instanceof HTMLIFrameElement) {
      shown = document.createElement('p')
      shown.className = 'killed'
      shown.textContent = `The page of ${name} is gone, in the middle of what it did. What was saved is on this device: start it again.`
      say('Start')
    } else {
      const frame = document.createElement('iframe')
      load(frame)
      shown = frame
      say('Kill')
    }
    before.replaceWith(shown)
  })
  track.append(parts)
  return () => load(first)
}
