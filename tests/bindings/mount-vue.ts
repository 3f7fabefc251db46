import type { Refs } from '@rowsignal/vue'
import { createApp, type Plugin, type Ref, unref } from 'vue'
import type { Mounted } from './contract.ts'

/** Mounts a component of this setup function in an app of its own; an error of its setup is thrown. */
export function mountVue(setup: () => () => unknown, ...plugins: Plugin[]): Mounted {
  const element = document.createElement('div')
  const app = createApp({ setup })
  for (const plugin of plugins) app.use(plugin)
  const errors: unknown[] = []
  app.config.errorHandler = (error) => errors.push(error)
  app.mount(element)
  if (errors.length > 0) throw errors[0]
  return { element, unmount: () => app.unmount() }
}

/** The values of refs, read when asked for. */
export function valuesOf<View extends object>(refs: Refs<View>): View {
  const fields = Object.entries(refs as Record<string, Ref>).map(([name, field]) => [
    name,
    { get: () => unref(field) },
  ])
  return Object.defineProperties({} as View, Object.fromEntries(fields))
}
