import { useLiveInfiniteQuery } from '@rowsignal/solid'
import { createRoot, createSignal } from 'solid-js'
import type { InfiniteQuery } from './infinite-driver.ts'
import { testInfinite } from './infinite-suite.ts'

testInfinite('ours', {
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
  open({ input, config, dependencies }) {
    return createRoot((stop) => {
      const hook = useLiveInfiniteQuery(
        input as never,
        () => config,
        dependencies.map((one) => () => one.value),
      )
      return { query: hook as unknown as InfiniteQuery, stop }
    })
  },
})
