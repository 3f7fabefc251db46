import { type Component, mount, unmount } from 'svelte'
import type { Places } from '../places.ts'
import type { Side } from '../side.ts'

/** Mounts a list whose text can be changed. */
export const mountWith =
  (list: Component<{ places: Places; text: string }>): Side['mount'] =>
  (target, places) => {
    const props = $state({ places, text: '' })
    const mounted = mount(list, { target, props })
    return {
      setText: (text) => void (props.text = text),
      unmount: () => void unmount(mounted),
    }
  }
