import { mountSvelte as mount } from './mount-svelte.ts'
import Virtual from './svelte/Virtual.svelte'
import { testVirtual } from './virtual-suite.ts'

testVirtual({ mountVirtual: (props) => mount(Virtual, props) })
