import { useLiveInfiniteQuery } from '@rowsignal/svelte'
import { useLiveInfiniteQuery as useOfficial } from '@tanstack/svelte-db'
import { tick } from 'svelte'
import type { InfiniteDriver } from './infinite-driver.ts'
import { testInfinite } from './infinite-suite.ts'
import { createBox } from './svelte/box.svelte.ts'
import { inEffects, type InfiniteHook } from './svelte/infinite.svelte.ts'

const driverOf = (hook: InfiniteHook): InfiniteDriver => ({
  box: createBox,
  flush: () => tick(),
  open: (given) => inEffects(hook, given),
})

testInfinite('ours', driverOf(useLiveInfiniteQuery))
testInfinite('svelte-db', driverOf(useOfficial))
