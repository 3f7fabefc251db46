import { type Component, mount as mountSvelte } from 'svelte'
import List from './List.svelte'
import type { Mount, Shown } from './shown.ts'

export const mount: Mount = (shown, target) => {
  mountSvelte(List as Component<Shown>, { target, props: shown })
}
