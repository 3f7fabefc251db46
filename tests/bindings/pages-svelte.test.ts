import { tick } from 'svelte'
import { mountSvelte as mount } from './mount-svelte.ts'
import { testPages } from './pages-suite.ts'
import { createBox } from './svelte/box.svelte.ts'
import Infinite from './svelte/Infinite.svelte'
import Pages from './svelte/Pages.svelte'

testPages({
  box: createBox,
  flush: () => tick(),
  mountPages: (props) => mount(Pages, props),
  mountInfinite: (props) => mount(Infinite, props),
})
