import { type Component, createApp, nextTick } from 'vue'
import type { ByIdOptions, ListOptions, Variant } from '../variant.ts'

/** The components of a variant, mounted as an app each. */
export function createVariant(list: Component, byId: Component): Variant {
  const mountTo = (element: Element, component: Component, props: object): (() => void) => {
    const app = createApp(component, { ...props })
    app.mount(element)
    return () => app.unmount()
  }
  return {
    mountList: (element, options: ListOptions) => mountTo(element, list, options),
    mountById: (element, options: ByIdOptions) => mountTo(element, byId, options),
    settled: nextTick,
  }
}
