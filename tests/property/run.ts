/** How many programs run, and what is said of them. `npm run fuzz` and `npm run test:full` set the variables. */
import type { Parameters, RunDetails } from 'fast-check'
import { print, type Step, type StepKind } from './program.ts'

const version = process.env.TANSTACK_DB === '0.9' ? '0.9' : '0.15'

/** By the same generator and seed: the few are the first of the many. */
const isFull = process.env.ROWSIGNAL_FULL !== undefined
const programs = isFull ? { '0.15': 200, '0.9': 100 } : { '0.15': 60, '0.9': 20 }

/** How often each kind of step is in them at least. */
export const leastOfEachKind = isFull ? 30 : 3

interface RunOptions extends Parameters<[Step[]]> {
  /** How long to look for failures; undefined in the test commands. */
  readonly minutes: number | undefined
  readonly timeoutMs: number
}

export function runOptions(): RunOptions {
  const { ROWSIGNAL_FUZZ_MINUTES, ROWSIGNAL_FUZZ_SEED, ROWSIGNAL_FUZZ_PATH } = process.env
  const seed = Number(ROWSIGNAL_FUZZ_SEED ?? 5)
  if (ROWSIGNAL_FUZZ_MINUTES === undefined) {
    // The limit includes what it takes to make a failing program small.
    return {
      seed,
      numRuns: programs[version],
      interruptAfterTimeLimit: 1_500_000,
      markInterruptAsFailure: true,
      minutes: undefined,
      timeoutMs: 1_600_000,
    }
  }
  const minutes = Number(ROWSIGNAL_FUZZ_MINUTES)
  const limitMs = minutes * 60_000
  return {
    seed,
    ...(ROWSIGNAL_FUZZ_PATH === undefined ? {} : { path: ROWSIGNAL_FUZZ_PATH }),
    numRuns: 1_000_000,
    interruptAfterTimeLimit: limitMs,
    markInterruptAsFailure: false,
    minutes,
    timeoutMs: limitMs + 120_000,
  }
}

const progressEveryMs = 10_000

/** Call it after each program; it says from time to time how far the run is. Silent in the test commands. */
export function progressOf(counts: ReadonlyMap<StepKind, number>): () => void {
  if (process.env.ROWSIGNAL_FUZZ_MINUTES === undefined) return () => {}
  const start = performance.now()
  let programs = 0
  let nextMs = progressEveryMs
  return () => {
    programs++
    const passedMs = performance.now() - start
    if (passedMs < nextMs) return
    nextMs = passedMs + progressEveryMs
    const steps = total(counts)
    process.stdout.write(
      `db ${version}: ${programs} programs, ${steps} steps, ${Math.round(passedMs / 1000)} s\n`,
    )
  }
}

export function tableOfCounts(programs: number, counts: ReadonlyMap<StepKind, number>): string {
  const lines = [...counts].map(
    ([kind, count]) => `  ${kind.padEnd(20)}${String(count).padStart(7)}`,
  )
  return `\n${programs} programs, ${total(counts)} steps, on @tanstack/db ${version}\n${lines.join('\n')}\n`
}

/** The smallest program that was found to fail, what fails in it, and how to run it again. */
export function failureOf(details: RunDetails<[Step[]]>): Error {
  const [program] = details.counterexample ?? [[]]
  const { seed, counterexamplePath, numRuns, numShrinks, errorInstance } = details
  const message = `program ${numRuns} fails, here made smaller ${numShrinks} times:
[
${print(program)}
]
again: npm run fuzz -- --db ${version} --seed ${seed} --path ${counterexamplePath}`
  return new Error(`${message}\n${String((errorInstance as Error | undefined)?.message)}`, {
    cause: errorInstance,
  })
}

function total(counts: ReadonlyMap<StepKind, number>): number {
  return [...counts.values()].reduce((sum, count) => sum + count, 0)
}
