import { useLiveQueryEffect } from '@rowsignal/vue'
import { nextTick, shallowRef, watchEffect } from 'vue'
import { testEffects } from './effects-suite.ts'
import { mountVue as mount } from './mount-vue.ts'

testEffects({
  box: (value) => shallowRef(value),
  flush: () => nextTick(),

  mountEffect: ({ ask, config }) =>
    mount(() => {
      useLiveQueryEffect({ ...config, query: (q) => ask.value(q) })
      return () => undefined
    }),

  mountReading: ({ ask, config, ran }) =>
    mount(() => {
      watchEffect(() => {
        ran()
        useLiveQueryEffect({ ...config, query: (q) => ask.value(q) })
      })
      return () => undefined
    }),
})
