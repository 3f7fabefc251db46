import type { JSX } from 'solid-js'
import { insert, render } from 'solid-js/web'
import type { Mounted } from './contract.ts'

/** Solid 1.9 brings the page up to date at once, Solid 2 in the next microtask. */
export const updated = Promise.resolve()

/** Mounts a component; there is no JSX in the tests, so each builds its nodes as compiled JSX does. */
export function mountSolid(component: () => JSX.Element): Mounted {
  const element = document.createElement('div')
  document.body.append(element) // Solid delegates events to the document
  const dispose = render(component, element)
  return {
    element,
    unmount() {
      dispose()
      element.remove()
    },
  }
}

/** An element with this content, as `<tag>{content()}</tag>` makes it. */
export function solidNode<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  content?: () => JSX.Element,
): HTMLElementTagNameMap[Tag] {
  const element = document.createElement(tag)
  if (content !== undefined) insert(element, content)
  return element
}
