/** `await` in a `<svelte:boundary>` with `pending` and `failed`. */
import { tick } from 'svelte'
import { mountSvelte as mount } from '../../bindings/mount-svelte.ts'
import { testSuspense } from '../../bindings/suspense-suite.ts'
import { createBox } from '../../bindings/svelte/box.svelte.ts'
import Throwing from '../../bindings/svelte/Throwing.svelte'
import Each from './Each.svelte'
import Waiting from './Waiting.svelte'

testSuspense({
  box: createBox,
  flush: () => tick(),
  staysWhileChanging: true,
  mountWaiting: (props) => mount(Waiting, props),
  mountEach: (props) => mount(Each, props),
  mountThrowing: (props) => mount(Throwing, props),
})
