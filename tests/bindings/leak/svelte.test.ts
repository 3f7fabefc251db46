import { tick } from 'svelte'
import { mountSvelte } from '../mount-svelte.ts'
import { createBox } from '../svelte/box.svelte.ts'
import { testLeaks } from './suite.ts'
import Again from './svelte/Again.svelte'
import All from './svelte/All.svelte'
import Control from './svelte/Control.svelte'
import Waiting from './svelte/Waiting.svelte'

testLeaks({
  box: createBox,
  flush: () => tick(),
  mountAll: (props) => mountSvelte(All, props),
  mountControl: (text) => mountSvelte(Control, { text }),
  mountWaiting: (todos) => mountSvelte(Waiting, { todos }),
  mountAgain: (props) => mountSvelte(Again, props),
})
