import { type Component, mount, tick, unmount } from 'svelte'
import type { ByIdOptions, ListOptions, Variant } from '../variant.ts'

/** The components of a variant, mounted as an app each. */
export function createVariant(list: Component<ListOptions>, byId: Component<ByIdOptions>): Variant {
  const mountTo = <Props extends Record<string, unknown>>(
    target: Element,
    component: Component<Props>,
    props: Props,
  ): (() => void) => {
    const mounted = mount(component, { target, props })
    return () => void unmount(mounted)
  }
  return {
    mountList: (element, options) => mountTo(element, list, { ...options }),
    mountById: (element, options) => mountTo(element, byId, { ...options }),
    settled: tick,
  }
}
