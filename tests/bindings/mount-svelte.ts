import { type Component, flushSync, mount, unmount } from 'svelte'
import type { Mounted } from './contract.ts'

/** Mounts a component with its first effects run. */
export function mountSvelte(component: Component<never>, props: object): Mounted {
  const target = document.createElement('div')
  document.body.append(target) // Svelte delegates events to the document
  const instance = mount(component as Component<object>, { target, props })
  flushSync()
  return {
    element: target,
    unmount() {
      void unmount(instance)
      target.remove()
    },
  }
}
