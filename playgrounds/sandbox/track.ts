/** One planner of the sandbox: its head, and its page in a frame that can be killed. */
import type { Framework } from '../app/session.ts'
import { frameworkNames } from './names.ts'

export function openTrack(track: HTMLElement, framework: Framework): void {
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
  load(first)
  let shown: HTMLElement = first
  say('Kill')
  // A frame that is removed ends in the middle of whatever it does, workers and all.
  button.addEventListener('click', () => {
    const before = shown
    if (before instanceof HTMLIFrameElement) {
      shown = document.createElement('p')
      shown.className = 'killed'
      shown.textContent = `The page of ${name} is gone, in the middle of what it did. What was saved is on this device.`
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
}
