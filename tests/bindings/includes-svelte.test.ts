import { tick } from 'svelte'
import { testIncludes } from './includes-suite.ts'
import { mountSvelte as mount } from './mount-svelte.ts'
import IncludedArrays from './svelte/IncludedArrays.svelte'
import Includes from './svelte/Includes.svelte'

testIncludes({
  flush: () => tick(),
  mountIncludes: (props) => mount(Includes, props),
  mountArrays: (props) => mount(IncludedArrays, props),
})
