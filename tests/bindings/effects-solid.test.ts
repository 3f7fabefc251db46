import { useLiveQueryEffect } from '@rowsignal/solid'
import { createComputed, createSignal } from 'solid-js'
import { testEffects } from './effects-suite.ts'
import { mountSolid as mount } from './mount-solid.ts'

testEffects({
  box(value) {
    const [read, write] = createSignal(value)
    return {
      get value() {
        return read()
      },
      set value(next) {
        write(() => next)
      },
    }
  },
  flush: () => Promise.resolve(),

  mountEffect: ({ ask, config }) =>
    mount(() => {
      useLiveQueryEffect({ ...config, query: (q) => ask.value(q) })
      return undefined
    }),

  mountReading: ({ ask, config, ran }) =>
    mount(() => {
      createComputed(() => {
        ran()
        useLiveQueryEffect({ ...config, query: (q) => ask.value(q) })
      })
      return undefined
    }),
})
