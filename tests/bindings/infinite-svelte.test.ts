import { useLiveInfiniteQuery } from '@rowsignal/svelte'
import { useLiveInfiniteQuery as useOfficial } from '@tanstack/svelte-db'
import { tick } from 'svelte'
import { type InfiniteDriver, testInfinite } from './infinite-suite.ts'
import { createBox } from './svelte/box.svelte.ts'
import { inEffects, type InfiniteHook } from './svelte/infinite.svelte.ts'

const driverOf = (hook: InfiniteHook): InfiniteDriver => ({
  box: createBox,
  flush: () => tick(),
  open: (given) => inEffects(hook, given),
})

testInfinite('ours', driverOf(useLiveInfiniteQuery as InfiniteHook))
testInfinite('svelte-db', driverOf(useOfficial as InfiniteHook))
