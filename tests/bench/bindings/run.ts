/**
 * The bindings in Chromium: for each framework ours and its official adapter, with plain DOM as the floor of all three,
 * in one run. Rounds go over all variants in turn, so that a slow minute of the machine hits them alike.
 */
import { type Result, progress } from '../results.ts'
import { type Measured, median } from '../session.ts'
import { openPages, type Pages } from './pages.ts'
import type { Order } from './page/session.ts'
import type { VariantName } from './page/variants.ts'

const rounds = 3
/** All rows of the first two are shown, and a window of the others. */
const counts = [1000, 10_000, 50_000, 135_233]
const window = 100
const frameworks = ['vue', 'solid', 'svelte'] as const

/** What was measured on one number of rows. */
interface Samples {
  readonly n: number
  readonly measured: Partial<Record<VariantName, Measured[]>>
  /** Why a variant has none. */
  readonly errors: Partial<Record<VariantName, string>>
}

/** What to leave out. */
interface Part {
  /** The only number of rows, and no tabs. */
  readonly rows?: number
  /** Without the official adapters, which take the longest. */
  readonly oursAlone?: boolean | undefined
}

export async function benchBindings(
  done: (results: Result[]) => void,
  { rows, oursAlone = false }: Part = {},
): Promise<string> {
  const counted = rows === undefined ? counts : [rows]
  const pages = await openPages(counted)
  for (const count of counted) {
    const limit = count > 10_000 ? { limit: window } : {}
    const variants = variantsOf(count).filter((name) => !(oursAlone && name.endsWith('-db')))
    const samples = await sample(pages, { count, ...limit }, variants)
    for (const framework of frameworks) done(resultsOf(framework, samples))
  }
  const storages = rows === undefined ? (['OPFS', 'IDB'] as const) : []
  for (const storage of storages) done(await benchTabs(pages, storage))
  const version = pages.version()
  await pages.close()
  return version
}

/** A change that another tab commits to SQLite; the floor is the SDK's event and the query of the window again. */
async function benchTabs(pages: Pages, storage: 'OPFS' | 'IDB'): Promise<Result[]> {
  const count = 10_000
  const measured: Samples['measured'] = {}
  for (let round = 1; round <= rounds; round++) {
    for (const variant of ['plain', ...frameworks] as const) {
      progress(`tabs, ${storage}: round ${round} of ${rounds}, ${variant}`)
      ;(measured[variant] ??= []).push(await pages.runTabs({ variant, count, storage }))
    }
  }
  progress('')
  return frameworks
    .flatMap((framework) => resultsOf(framework, { n: count, measured, errors: {} }))
    .map((result) => ({ ...result, engine: `chromium ${storage}` }))
}

async function sample(
  pages: Pages,
  order: Omit<Order, 'variant'>,
  variants: readonly VariantName[],
): Promise<Samples> {
  const { measured, errors }: Samples = { n: order.count, measured: {}, errors: {} }
  for (let round = 1; round <= rounds; round++) {
    for (const variant of variants) {
      const isOfficial = variant.endsWith('-db')
      // In a window they are 100 times and more above the floor, and take minutes.
      if (errors[variant] !== undefined || (isOfficial && order.limit && round > 1)) continue
      progress(`bindings, ${order.count} rows: round ${round} of ${rounds}, ${variant}`)
      const steps = variant.endsWith(' alone') ? { steps: ['mount'] as const } : {}
      try {
        ;(measured[variant] ??= []).push(await pages.run({ ...order, ...steps, variant }))
      } catch (reason) {
        if (!isOfficial) throw reason
        errors[variant] = String(reason).split('\n')[0]!
      }
    }
  }
  progress('')
  return { n: order.count, measured, errors }
}

/** In a window the framework's own part is too small to tell. */
function variantsOf(count: number): VariantName[] {
  const parts = count > 10_000 ? (['', '-db'] as const) : (['', '-db', ' alone'] as const)
  const ofFrameworks = frameworks.map((name) => parts.map((part): VariantName => `${name}${part}`))
  return ['plain', ...ofFrameworks.flat()]
}

function resultsOf(framework: (typeof frameworks)[number], samples: Samples): Result[] {
  const { n, measured, errors } = samples
  const middle = (variant: VariantName, bench: string): number | undefined => {
    const taken = measured[variant]?.map((one) => one[bench]).filter((ms) => ms !== undefined)
    return taken === undefined || taken.length === 0 ? undefined : median(taken)
  }
  const error = errors[`${framework}-db`]
  return Object.keys(measured.plain![0]!).map((bench) => {
    const [ours_ms, floor_ms] = [middle(framework, bench)!, middle('plain', bench)!]
    const alone_ms = middle(`${framework} alone`, bench)
    const result = {
      bench: `${framework} ${bench}`,
      n,
      engine: 'chromium',
      db: '0.15.2',
      ours_ms,
      floor_ms,
      to_floor: ours_ms / floor_ms,
      ...(alone_ms === undefined ? {} : { alone_ms }),
    }
    if (error !== undefined) return { ...result, peer_ms: 'fails', to_peer: null, error }
    const peer_ms = middle(`${framework}-db`, bench) ?? null
    return { ...result, peer_ms, to_peer: peer_ms && ours_ms / peer_ms }
  })
}
