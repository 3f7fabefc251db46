/** A drive: three tabs, to which anything happens while they write, and to their disk; then all is compared. */
import { expect } from 'vitest'
import { eventually } from '../../support/eventually.ts'
import { recordersOfTab, type Storage, type Tab, Tabs } from './rig.ts'

export interface DriveOptions {
  readonly seed: number
  /** How many things happen. */
  readonly steps: number
}

/** What may happen to a tab that is open. */
const events = ['crash', 'close', 'reload', 'freeze', 'leave', 'write', 'write', 'fill'] as const
type State = 'open' | 'frozen' | 'away'

/** A tab of the drive: where it is, and which rows it was told to write. */
interface Driven {
  readonly tab: Tab
  readonly name: string
  state: State
  written: string[]
}

/** Numbers from 0 to below 1, the same for the same seed (mulberry32). */
function randomOf(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

class Drive {
  readonly #tabs: Tabs
  readonly #random: () => number
  /** Rows of which a living tab was told that they are stored. */
  readonly #stored = new Set<string>()
  /** Rows that may be stored: their tab is gone, or was told that nobody knows. */
  readonly #perhaps = new Set<string>()
  #driven: Driven[] = []
  /** A tab with a file of its own, which fills IndexedDB: CDP has no hold on that. */
  #filler: Tab | undefined
  /** Gives space again, while the disk is full. */
  #free: (() => Promise<void>) | undefined
  #names = 0
  /** What has happened, for whoever has to understand a failure. */
  readonly log: string[] = []

  constructor(tabs: Tabs, seed: number) {
    this.#tabs = tabs
    this.#random = randomOf(seed)
  }

  #pick<T>(of: readonly T[]): T {
    return of[Math.floor(this.#random() * of.length)]!
  }

  async begin(): Promise<void> {
    if (this.#tabs.storage === 'IDBBatchAtomicVFS') {
      this.#filler = await this.#tabs.begin({ file: 'filler.db' })
    }
    for (let count = 0; count < 3; count++) await this.openTab()
  }

  async openTab(): Promise<void> {
    const tab = await this.#tabs.begin()
    await this.#connect(tab)
    this.#driven.push({ tab, name: `t${++this.#names}`, state: 'open', written: [] })
  }

  /** A disk that was full when it opened is no end: it opens when there is space. */
  async #connect(tab: Tab): Promise<void> {
    await eventually(() => tab.call('ready'))
    await tab.call('connect')
  }

  async step(): Promise<void> {
    const driven = this.#pick(this.#driven)
    await this.#write()
    const what = driven.state === 'open' ? this.#pick(events) : 'comeBack'
    this.log.push(`${what} ${driven.name}`)
    if (what === 'crash' || what === 'close') await this.#end(driven, what)
    else if (what === 'reload') await this.#reload(driven)
    else if (what === 'freeze') await this.#freeze(driven)
    else if (what === 'leave') await this.#leave(driven)
    else if (what === 'comeBack') await this.#comeBack(driven)
    else if (what === 'fill') await this.#fill(driven)
  }

  /** All tabs that can write a few rows, which are on their way when the next thing happens. */
  async #write(): Promise<void> {
    for (const driven of this.#driven) {
      if (driven.state !== 'open') continue
      const ids = Array.from(
        { length: 5 },
        (_, index) => `${driven.name}-${driven.written.length + index}`,
      )
      driven.written.push(...ids)
      await driven.tab.call('write', ...ids)
    }
  }

  async #end(driven: Driven, how: 'crash' | 'close'): Promise<void> {
    this.#forget(driven)
    await this.#empty() // the devtools of a tab that has crashed would keep the disk full
    await driven.tab[how]()
    this.#driven = this.#driven.filter((other) => other !== driven)
    await this.openTab()
  }

  async #reload(driven: Driven): Promise<void> {
    this.#forget(driven)
    await this.#empty()
    await driven.tab.begin()
    await this.#connect(driven.tab)
  }

  /** Nobody can ask any more what became of what it has written. */
  #forget(driven: Driven): void {
    for (const id of driven.written) this.#perhaps.add(id)
    // Names of rows are not used again.
    driven.written = driven.written.map(() => '')
  }

  async #freeze(driven: Driven): Promise<void> {
    await driven.tab.freeze()
    driven.state = 'frozen'
  }

  async #leave(driven: Driven): Promise<void> {
    await driven.tab.leave()
    driven.state = 'away'
  }

  /** Writes until the file has to grow, and can't: what happens next happens on a full disk. */
  async #fill({ tab, name, written }: Driven): Promise<void> {
    await this.#empty()
    await eventually(() => tab.call('ready')) // it may be in error since the disk was full before
    await this.#takeSpace(tab)
    let outcome: string
    do {
      const id = `${name}-${written.length}`
      written.push(id)
      outcome = await tab.call('writeLarge', id)
    } while (outcome === 'stored')
    expect(outcome).toBe('storage-full')
  }

  async #takeSpace(tab: Tab): Promise<void> {
    const filler = this.#filler
    if (filler === undefined) {
      this.#free = () => tab.limitStorage(undefined)
      return tab.limitStorage(1)
    }
    this.#free = () => filler.call('freeStorage')
    return filler.call('fillStorage')
  }

  /** There is space again. A file of OPFSCoopSyncVFS can't be opened before. */
  async #empty(): Promise<void> {
    const free = this.#free
    this.#free = undefined
    await free?.()
  }

  async #comeBack(driven: Driven): Promise<void> {
    await this.#empty()
    if (driven.state === 'frozen') await driven.tab.thaw()
    else if (!(await driven.tab.back())) {
      this.#forget(driven)
      await driven.tab.call('connect')
    }
    driven.state = 'open'
  }

  /** What the server was sent again is what it has: a number of the queue that was used twice would make it drop a write. */
  #expectRepeated(): void {
    const { uploaded, repeated } = this.#tabs.endpoint
    const sent = new Map(uploaded.map(({ clientId, id }) => [clientId, id]))
    for (const { clientId, id } of repeated)
      expect(sent.get(clientId), `number ${clientId}`).toBe(id)
  }

  /** All is quiet: nothing is lost or doubled, nothing records for nobody, and each tab shows what is stored. */
  async settle(): Promise<void> {
    await this.#empty()
    for (const driven of this.#driven) if (driven.state !== 'open') await this.#comeBack(driven)
    for (const { tab, written } of this.#driven) {
      const writes = await eventually(async () => {
        const states = await tab.call('writes')
        expect(Object.values(states)).not.toContain('waits')
        return states
      })
      const unknown = await tab.call('unknown')
      for (const id of written) {
        if (id === '') continue
        if (writes[id] === 'stored') this.#stored.add(id)
        else if (writes[id] !== 'storage-full' || unknown.includes(id)) {
          expect(writes[id], id).toMatch(/^(?:database-lost|storage-full)$/)
          this.#perhaps.add(id)
        }
      }
    }
    await this.openTab() // it sweeps after those that are gone
    // A worker that has stopped before there was space may be ended only now.
    const stored = await eventually(() => this.#driven[0]!.tab.call('stored'))
    this.#expectRepeated()
    const missing = [...this.#stored].filter((id) => !stored.includes(id))
    expect(missing).toEqual([])
    expect(stored.filter((id) => !this.#stored.has(id) && !this.#perhaps.has(id))).toEqual([])
    for (const { tab } of this.#driven) {
      await eventually(async () => expect(await tab.call('rows')).toEqual(stored))
      expect(await tab.call('status')).toMatchObject({ collection: 'ready', error: 'none' })
    }
    const uploaded = stored.map((id) => `todos/${id}`)
    await eventually(() =>
      expect([...this.#tabs.endpoint.rows.keys()].toSorted()).toEqual(uploaded),
    )
    const sent = this.#tabs.endpoint.uploaded.map(({ id }) => id)
    expect(sent.length).toBe(new Set(sent).size)
    const sets = this.#driven.length * recordersOfTab
    await eventually(async () =>
      expect(await this.#driven[0]!.tab.call('recorders')).toHaveLength(sets),
    )
  }
}

export async function drive(storage: Storage, { seed, steps }: DriveOptions): Promise<void> {
  const tabs = await Tabs.of(storage, storage === 'IDBBatchAtomicVFS' ? 16 * 2 ** 20 : undefined)
  const run = new Drive(tabs, seed)
  try {
    await run.begin()
    for (let count = 0; count < steps; count++) await run.step()
    await run.settle()
  } catch (error) {
    throw new Error(`seed ${seed}: ${run.log.join(', ')}`, { cause: error })
  } finally {
    await tabs.close()
  }
}
