/** One variant on one number of rows: every measurement, in ms, each as the median of its samples. */
import { type Measured, median } from '../../session.ts'
import { openPlaces, type Place, type PlacesSource } from './places.ts'
import type { Variant } from './variant.ts'
import { type VariantName, variants } from './variants.ts'

export interface Order {
  readonly variant: VariantName
  readonly count: number
  /** Rows to show, from the top. Default: all. */
  readonly limit?: number
  /** What to measure after the first mount. Default: everything. */
  readonly steps?: readonly (typeof steps)[number][]
}

/** The steps of a session in their order; each returns what it has measured. */
export const steps = [
  'first mount',
  'one row',
  '1000 rows',
  'insert',
  'mount',
  'by id',
  'move',
] as const

export type Session = Record<(typeof steps)[number], () => Promise<Measured>>

/** The budget ends what is slow after its first samples. */
const budgetMs = 1500
const leastSamples = 3

/** What the measurements of a session work on. */
interface Setting {
  readonly bench: Bench
  readonly source: PlacesSource
  readonly rows: readonly Place[]
  readonly mountList: (source: PlacesSource) => Promise<number>
}

export async function openSession({ variant: name, count, limit }: Order): Promise<Session> {
  const [{ variant }, response] = await Promise.all([
    variants[name](),
    fetch(`/places-${count}.json`),
  ])
  const rows = (await response.json()) as Place[]
  const shown = Math.min(count, limit ?? count)
  const source = openPlaces(rows)
  const bench = new Bench(variant)
  const mountList = ({ places }: PlacesSource) =>
    bench.mount(
      (element) => variant.mountList(element, { places, limit }),
      () => bench.items.length === shown,
    )
  const setting = { bench, source, rows, mountList }
  return {
    'first mount': async () => ({ 'first mount': await mountList(source) }),
    'one row': () => measureOneRow(setting),
    '1000 rows': () => measureManyRows(setting),
    insert: () => measureInsert(setting),
    mount: async () => ({ mount: await bench.remount(() => mountList(source)) }),
    'by id': () => measureById(setting),
    move: () => measureMove(setting),
  }
}

async function measureOneRow({ bench, source, rows }: Setting): Promise<Measured> {
  const shown = bench.items.length
  const ms = await bench.samples({ warmUp: 150, most: 250 }, (turn) => {
    const index = (turn * 37) % shown
    const note = `one ${turn}`
    return bench.timed(
      () => source.commit((write) => write({ type: 'update', value: { ...rows[index]!, note } })),
      () => bench.noteAt(index) === note,
    )
  })
  return { 'one row': ms }
}

async function measureManyRows({ bench, source, rows }: Setting): Promise<Measured> {
  const many = rows.slice(0, 1000)
  const last = Math.min(many.length, bench.items.length) - 1
  const ms = await bench.samples({ warmUp: 3, most: 10 }, (turn) => {
    const note = `all ${turn}`
    return bench.timed(
      () =>
        source.commit((write) => {
          for (const row of many) write({ type: 'update', value: { ...row, note } })
        }),
      () => bench.noteAt(last) === note,
    )
  })
  return { '1000 rows in one commit': ms }
}

/** A new row in the sixth place, which is deleted again. */
async function measureInsert({ bench, source, rows }: Setting): Promise<Measured> {
  const shown = bench.items.length
  const above = rows[4]!
  const warmUp = 10
  const deletes: number[] = []
  const insert = await bench.samples({ warmUp, most: 30 }, async (turn) => {
    const value = { ...above, id: `${above.id}-${turn}`, note: `new ${turn}` }
    const inserted = await bench.timed(
      () => source.commit((write) => write({ type: 'insert', value })),
      () => bench.noteAt(5) === value.note,
    )
    const deleted = await bench.timed(
      () => source.commit((write) => write({ type: 'delete', key: value.id })),
      () => bench.noteAt(5) !== value.note && bench.items.length === shown,
    )
    deletes.push(deleted)
    return inserted
  })
  return { 'insert near the top': insert, delete: bench.settle(deletes, warmUp) }
}

async function measureById({ bench, source, rows }: Setting): Promise<Measured> {
  const step = Math.floor(rows.length / 100)
  const watched = Array.from({ length: 100 }, (_, index) => rows[index * step]!)
  const options = { places: source.places, ids: watched.map((row) => row.id) }
  const mountAll = () =>
    bench.mount(
      (element) => bench.variant.mountById(element, options),
      () => bench.items.length === 100 && bench.noteAt(99) !== '',
    )

  source.commit((write) => {
    for (const row of watched) write({ type: 'update', value: { ...row, note: 'by id' } })
  })
  const first = await mountAll()
  const one = await bench.samples({ warmUp: 150, most: 250 }, (turn) => {
    const index = (turn * 37) % 100
    const value = { ...watched[index]!, note: `one ${turn}` }
    return bench.timed(
      () => source.commit((write) => write({ type: 'update', value })),
      () => bench.noteAt(index) === value.note,
    )
  })
  return {
    '100 by id, first mount': first,
    '100 by id': await bench.remount(mountAll),
    'one by id': one,
  }
}

/** In a collection that is ordered by a column: a row goes up 45 places, and back; another one changes in its place. */
async function measureMove({ bench, rows, mountList }: Setting): Promise<Measured> {
  const ranked = rows.map((row, index) => ({ ...row, population: index * 10 }))
  const source = openPlaces(ranked, (a, b) => a.population - b.population)
  await mountList(source)
  const inOrder = await bench.samples({ warmUp: 50, most: 100 }, (turn) => {
    const value = { ...ranked[20]!, note: `in order ${turn}` }
    return bench.timed(
      () => source.commit((write) => write({ type: 'update', value })),
      () => bench.noteAt(20) === value.note,
    )
  })
  const moved = { ...ranked[50]!, note: 'moved' }
  const move = await bench.samples({ warmUp: 10, most: 30 }, (turn) => {
    const up = turn % 2 === 0
    const value = { ...moved, population: up ? 45 : 500 }
    return bench.timed(
      () => source.commit((write) => write({ type: 'update', value })),
      () => bench.noteAt(up ? 5 : 50) === 'moved',
    )
  })
  bench.unmount()
  return { move, 'one row, ordered': inOrder }
}

/** What is mounted, and how it is timed. */
class Bench {
  readonly variant: Variant
  readonly #element = document.querySelector('main')!
  #unmount: (() => void) | undefined

  constructor(variant: Variant) {
    this.variant = variant
  }

  get items(): HTMLCollection {
    return this.#element.querySelector('ul')?.children ?? this.#element.children
  }

  noteAt(index: number): string | null | undefined {
    return this.items[index]?.lastElementChild?.textContent
  }

  /** From the act until the framework is done, and longer if the page does not show it by then. */
  async timed(act: () => void, isShown: () => boolean): Promise<number> {
    const start = performance.now()
    act()
    if (this.variant.settled) await this.variant.settled()
    let end = performance.now()
    while (!isShown()) {
      if (end - start > 10_000) throw new Error('the page does not show it after 10 s')
      await nextTask()
      end = performance.now()
    }
    return end - start
  }

  mount(act: (element: Element) => () => void, isShown: () => boolean): Promise<number> {
    return this.timed(() => (this.#unmount = act(this.#element)), isShown)
  }

  unmount(): void {
    this.#unmount?.()
    this.#unmount = undefined
  }

  /** The median of mounts after the first; nothing is left mounted. */
  async remount(mount: () => Promise<number>): Promise<number> {
    const ms = await this.samples({ warmUp: 1, most: 6 }, async () => {
      this.unmount()
      await nextTask()
      return mount()
    })
    this.unmount()
    return ms
  }

  async samples(
    { warmUp, most }: { warmUp: number; most: number },
    sample: (turn: number) => Promise<number>,
  ): Promise<number> {
    const taken: number[] = []
    const end = performance.now() + budgetMs
    while (taken.length < warmUp + most) {
      if (taken.length >= leastSamples && performance.now() > end) break
      await nextTask() // as each commit of an app is a task of its own
      taken.push(await sample(taken.length))
    }
    return this.settle(taken, warmUp)
  }

  /** The median without the warm-up, which is at most half of the samples. */
  settle(samples: readonly number[], warmUp: number): number {
    return median(samples.slice(Math.min(warmUp, Math.floor(samples.length / 2))))
  }
}

const channel = new MessageChannel()
channel.port1.start()

/** A task of its own, without the wait of a timer. */
function nextTask(): Promise<void> {
  return new Promise((resolve) => {
    channel.port1.addEventListener('message', () => resolve(), { once: true })
    channel.port2.postMessage(undefined)
  })
}
