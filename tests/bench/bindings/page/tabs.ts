/** Two tabs on one database: one shows the places, the other writes when the first one asks. */
import type { PowerSyncDatabase } from '@powersync/web'
import { fill, type Measured, median } from '../../session.ts'
import { type DatabaseOrder, limit, openDatabase, showPlaces } from './database.ts'
import type { Place } from './places.ts'
import type { VariantName } from './variants.ts'

interface Wish {
  readonly id: string
  readonly note: string
}

/** What the runner finds in the page. */
export interface TabGlobals {
  /** The tab that writes. */
  openWriter(order: DatabaseOrder): Promise<void>
  /** The tab that shows; fills the database. */
  openReader(order: DatabaseOrder & { variant: VariantName; count: number }): Promise<void>
  measure(): Promise<Measured>
  close(): Promise<void>
}

const samples = 40
const warmUp = 10
const wishes = new BroadcastChannel('wishes')
const writes = new BroadcastChannel('writes')
let database: PowerSyncDatabase | undefined
let rows: Place[] = []

const globals: TabGlobals = {
  async openWriter(order) {
    database = await openDatabase(order)
    wishes.addEventListener('message', (event: MessageEvent<Wish>) => void write(event.data))
  },

  async openReader({ variant, count, ...order }) {
    database = await openDatabase(order)
    rows = (await (await fetch(`/places-${count}.json`)).json()) as Place[]
    await fill(database, rows)
    await showPlaces(document.querySelector('main')!, database, variant)
  },

  async measure() {
    const totals: number[] = []
    const after: number[] = []
    for (let turn = 0; turn < samples; turn++) {
      const index = (turn * 37) % limit
      const wish = { id: rows[index]!.id, note: `turn ${turn}` }
      const written = nextMessage(writes)
      const shown = whenShown(index, wish.note)
      const start = performance.now()
      // oxlint-disable-next-line unicorn/require-post-message-target-origin -- that of a window, not of a channel
      wishes.postMessage(wish)
      const total = (await shown) - start
      totals.push(total)
      after.push(total - (await written))
    }
    return {
      'other tab': median(totals.slice(warmUp)),
      'other tab, after its commit': median(after.slice(warmUp)),
    }
  },

  close: async () => database?.close(),
}
Object.assign(globalThis, globals)

/** Tells how long it took; each tab has a clock of its own. */
async function write({ id, note }: Wish): Promise<void> {
  const start = performance.now()
  await database?.execute('UPDATE places SET note = ? WHERE id = ?', [note, id])
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- as above
  writes.postMessage(performance.now() - start)
}

function nextMessage(channel: BroadcastChannel): Promise<number> {
  return new Promise((resolve) => {
    channel.addEventListener('message', (event: MessageEvent<number>) => resolve(event.data), {
      once: true,
    })
  })
}

/** The time at which the item shows the note. */
function whenShown(index: number, note: string): Promise<number> {
  const list = document.querySelector('ul')!
  return new Promise((resolve) => {
    const observer = new MutationObserver(() => {
      if (list.children[index]?.lastElementChild?.textContent !== note) return
      observer.disconnect()
      resolve(performance.now())
    })
    observer.observe(list, { childList: true, characterData: true, subtree: true })
  })
}
