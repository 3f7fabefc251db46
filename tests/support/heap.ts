/** The heap after a collection of what nobody holds, and how it grows. Needs `--expose-gc`. */
import { setFlagsFromString } from 'node:v8'

// What V8 compiles, and its inline caches, which grow with closures that are made anew, count as heap: 2,000 bytes a
// round come and go with them, under ten without.
for (const flag of ['--no-opt', '--no-sparkplug', '--no-flush-bytecode', '--no-use-ic']) {
  setFlagsFromString(flag)
}

/** Bytes in use. */
async function heapAfterGc(): Promise<number> {
  for (let turn = 0; turn < 3; turn++) {
    globalThis.gc!()
    await new Promise((resolve) => setImmediate(resolve)) // finalizers run between
  }
  // Read at once: the next allocation may take a page of 256 kB, and all of it counts as used.
  globalThis.gc!()
  return process.memoryUsage().heapUsed
}

/**
 * Bytes a round that stay, over the last 500 of 1,000: the median of five stretches, so that a table of the engine's that
 * grows once does not count. What is made once, such as compiled code and caches, is made in the rounds before.
 */
async function bytesPerRound(run: () => Promise<void>): Promise<number> {
  const heapAfter = async (rounds: number): Promise<number> => {
    for (let round = 0; round < rounds; round++) await run()
    return heapAfterGc()
  }
  let before = await heapAfter(500)
  const slopes: number[] = []
  for (let stretch = 0; stretch < 5; stretch++) {
    const after = await heapAfter(100)
    slopes.push((after - before) / 100)
    before = after
  }
  return slopes.toSorted((a, b) => a - b)[2]!
}

/** What a round may keep: the engine's own noise is below it. */
export const allowedBytes = 100

/**
 * Bytes a round that stay of ours. What stays of `others`, the same without us, is no fault of ours; it is only looked at
 * when there is something to take it off from.
 */
export async function bytesOfOurs(
  ours: () => Promise<void>,
  others: () => Promise<void>,
): Promise<number> {
  const all = await bytesPerRound(ours)
  return all <= allowedBytes ? all : all - Math.max(0, await bytesPerRound(others))
}
