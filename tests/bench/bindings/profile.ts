/**
 * `NODE_ENV=production pnpm --dir tests exec tsx bench/bindings/profile.ts vue mount 10000`: whose time one step takes, by the CPU
 * profile of Chromium, for our binding of a framework: in percent of the step, and the functions of ours that take the most.
 */
import { openPages } from './pages.ts'
import { steps } from './page/session.ts'
import { type VariantName, variants } from './page/variants.ts'

const [variant = 'vue', step = 'mount', rows = '10000'] = process.argv.slice(2)
if (!isVariant(variant) || !isStep(step)) throw new Error(`There is no ${variant} or no ${step}.`)
const count = Number(rows)

/** By the name of the chunk that a function is in. */
const owners = { rowsignal: 'ours', tanstack: 'TanStack DB', framework: 'framework' } as const

const pages = await openPages([count], {
  build: {
    minify: false,
    rolldownOptions: {
      output: {
        codeSplitting: {
          includeDependenciesRecursively: false,
          groups: [
            { name: 'rowsignal', test: /\/core\/src\/|\/bindings\/[a-z]+\/src\// },
            { name: 'tanstack', test: /node_modules\/@tanstack\// },
            { name: 'framework', test: /node_modules\/(@?vue|solid-js|svelte)\// },
          ],
        },
      },
    },
  },
})
const {
  nodes,
  samples = [],
  timeDeltas = [],
} = await pages.profile({ variant, count, ...(count > 10_000 && { limit: 100 }) }, step)
await pages.close()

const frames = new Map(nodes.map(({ id, callFrame }) => [id, callFrame]))
const [byOwner, byFunction] = [new Map<string, number>(), new Map<string, number>()]
let all = 0
samples.forEach((id, index) => {
  const { functionName, url } = frames.get(id)!
  if (functionName === '(idle)') return
  const ms = timeDeltas[index]! / 1000
  const chunk = /\/assets\/(\w+?)-/.exec(url)?.[1] ?? ''
  const owner =
    chunk in owners
      ? owners[chunk as keyof typeof owners]
      : functionName.startsWith('(')
        ? functionName
        : url === ''
          ? 'the browser'
          : 'the page'
  all += ms
  add(byOwner, owner, ms)
  add(byFunction, `${owner}: ${functionName || 'anonymous'}`, ms)
})
console.log(`${variant}, ${step}, ${count} rows: ${all.toFixed(0)} ms in all`)
print(byOwner, Infinity)
print(byFunction, 45)
process.exit(0)

function add(times: Map<string, number>, name: string, ms: number): void {
  times.set(name, (times.get(name) ?? 0) + ms)
}

function print(times: ReadonlyMap<string, number>, most: number): void {
  const sorted = [...times].toSorted(([, a], [, b]) => b - a).slice(0, most)
  console.log()
  for (const [name, ms] of sorted) {
    console.log(
      `${((100 * ms) / all).toFixed(1).padStart(5)} % ${ms.toFixed(1).padStart(8)} ms  ${name}`,
    )
  }
}

function isVariant(name: string): name is VariantName {
  return name in variants
}

function isStep(name: string): name is (typeof steps)[number] {
  return (steps as readonly string[]).includes(name)
}
