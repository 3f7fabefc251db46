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
  let frame = parts.querySelector('iframe')!
  const load = (): void => {
    frame.title = name
    frame.src = address
  }
  const say = (text: string): void => {
    button.textContent = text
    button.setAttribute('aria-label', `${text} ${name}`)
  }
  load()
  say('Kill')
  // A frame that is removed ends in the middle of whatever it does, workers and all.
  button.addEventListener('click', () => {
    const next = document.createElement(frame instanceof HTMLIFrameElement ? 'p' : 'iframe')
    frame.replaceWith(next)
    frame = next as HTMLIFrameElement
    if (next instanceof HTMLIFrameElement) {
      load()
      say('Kill')
    } else {
      next.className = 'killed'
      next.textContent = `The page of ${name} is gone, in the middle of what it did. What was saved is on this device.`
      say('Start')
    }
  })
  track.append(parts)
}
