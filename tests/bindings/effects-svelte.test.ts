import { tick } from 'svelte'
import { testEffects } from './effects-suite.ts'
import { mountSvelte as mount } from './mount-svelte.ts'
import { createBox } from './svelte/box.svelte.ts'
import Effect from './svelte/Effect.svelte'
import EffectInEffect from './svelte/EffectInEffect.svelte'

testEffects({
  box: createBox,
  flush: () => tick(),
  mountEffect: (props) => mount(Effect, props),
  mountReading: (props) => mount(EffectInEffect, props),
})
