import { type Refs, useLiveInfiniteQuery } from '@rowsignal/vue'
import { useLiveInfiniteQuery as useOfficial } from '@tanstack/vue-db'
import { effectScope, nextTick, shallowRef } from 'vue'
import type { InfiniteDriver, InfiniteQuery } from './infinite-driver.ts'
import { testInfinite } from './infinite-suite.ts'
import { valuesOf } from './mount-vue.ts'

type Hook = (input: never, config: object, dependencies: (() => unknown)[]) => unknown

const driverOf = (hook: Hook): InfiniteDriver => ({
  box: (value) => shallowRef(value),
  flush: () => nextTick(),
  open({ input, config, dependencies }) {
    const scope = effectScope()
    const read = dependencies.map((one) => () => one.value)
    const refs = scope.run(() => hook(input as never, config, read)) as Refs<InfiniteQuery>
    return { query: valuesOf(refs), stop: () => scope.stop() }
  },
})

testInfinite('ours', driverOf(useLiveInfiniteQuery))
testInfinite('vue-db', driverOf(useOfficial))
