/** The heap after a collection of what nobody holds, and how it grows. Needs `--expose-gc`. */
import { setFlagsFromString } from 'node:v8'

// What V8 compiles counts as heap: 2,000 bytes a round come and go with its optimizer on, under 40 with it off.
for (const flag of ['--no-opt', '--no-sparkplug', '--no-flush-bytecode']) setFlagsFromString(flag)

/** Bytes in use. */
export async function heapAfterGc(): Promise<number> {
  for (let turn = 0; turn < 3; turn++) {
    globalThis.gc!()
    await new Promise((resolve) => setImmediate(resolve)) // finalizers run between
  }
  return process.memoryUsage().heapUsed
}

export interface Growth {
  /** Rounds before the first sample, for what is made once: compiled code, caches. */
  readonly warmUp: number
  readonly rounds: number
  /** How often the heap is looked at. */
  readonly samples: number
}

/** How many bytes a round leaves behind, by the median of the slopes between all samples: outliers don't count. */
export async function bytesPerRound(
  { warmUp, rounds, samples }: Growth,
  run: () => Promise<void>,
): Promise<number> {
  for (let round = 0; round < warmUp; round++) await run()
  const step = Math.floor(rounds / samples)
  const heaps = [await heapAfterGc()]
  for (let sample = 1; sample <= samples; sample++) {
    for (let round = 0; round < step; round++) await run()
    heaps.push(await heapAfterGc())
  }
  const slopes = heaps.flatMap((heap, later) =>
    heaps.slice(0, later).map((before, earlier) => (heap - before) / (later - earlier) / step),
  )
  return slopes.toSorted((a, b) => a - b)[Math.floor(slopes.length / 2)]!
}
