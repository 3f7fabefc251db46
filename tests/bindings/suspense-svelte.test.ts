/** What may be said without `experimental.async`: `{#await}`, and errors that are thrown while rendering. */
import { tick } from 'svelte'
import { mountSvelte as mount } from './mount-svelte.ts'
import { testSuspense } from './suspense-suite.ts'
import { createBox } from './svelte/box.svelte.ts'
import Each from './svelte/Each.svelte'
import Throwing from './svelte/Throwing.svelte'
import Waiting from './svelte/Waiting.svelte'

testSuspense({
  box: createBox,
  flush: () => tick(),
  staysWhileChanging: false,
  mountWaiting: (props) => mount(Waiting, props),
  mountEach: (props) => mount(Each, props),
  mountThrowing: (props) => mount(Throwing, props),
})
