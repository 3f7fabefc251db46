/**
 * A browser that removes all that an origin has stored while its pages are open: for want of space, or since its user has asked for
 * that. It tells whoever has a database of IndexedDB open; SQLite, wherever its file is, hears nothing, and stands still or
 * goes on in a file that nobody will find again.
 */
import { opfsFolder } from '../libraries/storage-faults.ts'
import type { Stop } from '../readable/readable.ts'

/** Holds nothing: it is there to be removed with all else. */
const name = 'rowsignal-removal'

/** How long the files of OPFS may take to go, in ms. Another tab may have stored something again meanwhile. */
const overMs = 2_000
/** Between two looks, in ms. */
const pauseMs = 20

async function isEmpty(folder: FileSystemDirectoryHandle): Promise<boolean> {
  try {
    const { done } = await folder.keys().next()
    return done === true
  } catch {
    return true // it has gone itself
  }
}

export class Removal {
  readonly #told: Stop
  #mark: IDBDatabase | undefined
  #isWatching = false

  /** @param told Called each time that it has happened. */
  constructor(told: Stop) {
    this.#told = told
  }

  /** From now on, until it has happened or `stop`. Where IndexedDB does not open there is nothing to watch. */
  watch(): void {
    if (this.#isWatching || typeof indexedDB === 'undefined') return
    this.#isWatching = true
    const request = indexedDB.open(name)
    request.addEventListener('success', () => this.#begin(request.result))
    request.addEventListener('error', (event) => {
      event.preventDefault()
      this.#isWatching = false
    })
  }

  #begin(mark: IDBDatabase): void {
    if (!this.#isWatching || this.#mark !== undefined) return mark.close()
    this.#mark = mark
    mark.addEventListener('versionchange', () => this.stop()) // somebody deletes this one, and waits for it
    mark.addEventListener('close', () => {
      this.stop()
      this.#told()
    })
  }

  /** To be called when it is told: what is stored from then on stays. */
  async isOver(): Promise<void> {
    const folder = await opfsFolder()
    if (folder === undefined) return
    const end = performance.now() + overMs
    while (performance.now() < end && !(await isEmpty(folder))) {
      await new Promise((resolve) => setTimeout(resolve, pauseMs))
    }
  }

  stop(): void {
    this.#isWatching = false
    this.#mark?.close()
    this.#mark = undefined
  }
}
