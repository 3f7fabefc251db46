/** The two journeys that cross the most files. Each resolves with the files that were entered, call by call. */
import { createPowerSyncCollection } from '@rowsignal/core'
import { eq } from '@tanstack/db'
import { Window } from 'happy-dom'
import { openInProcess } from '../node.ts'
import { schema } from '../schema.ts'

async function openPlaces() {
  const database = await openInProcess()
  await database.execute(
    "INSERT INTO places(id, name, country) VALUES ('a', 'A', 'FR'), ('b', 'B', 'FR')",
  )
  const places = createPowerSyncCollection({ database, table: schema.props.places })
  await places.preload()
  return { database, places }
}

/** What is entered while `run` runs. */
async function noteEntered(run: () => unknown): Promise<string[]> {
  const entered: string[] = (globalThis.entered = [])
  await run()
  globalThis.entered = undefined
  return entered
}

/** From the call of `useLiveQuery` to the first render of its rows. */
async function queryToCells(): Promise<string[]> {
  const { places } = await openPlaces()
  const window = new Window()
  const { document, Element, SVGElement } = window
  Object.assign(globalThis, { window, document, Element, SVGElement })
  const { createApp, defineComponent, h } = await import('vue')
  const { useLiveQuery } = await import('@rowsignal/vue')
  const app = createApp(
    defineComponent(() => {
      const { rows } = useLiveQuery((q) =>
        q.from({ place: places }).where(({ place }) => eq(place.country, 'FR')),
      )
      return () => rows.value.map((place) => h('li', { key: place.id }, String(place.name)))
    }),
  )
  const page = document.createElement('ul') as unknown as HTMLElement
  const entered = await noteEntered(() => app.mount(page))
  if (page.textContent !== 'AB') throw new Error(`the page shows ${page.textContent}`)
  return entered
}

/** From `collection.update()` until SQLite has the row, the collection shows it, and no drain is left. */
async function updateAndBack(): Promise<string[]> {
  const { database, places } = await openPlaces()
  return noteEntered(async () => {
    await places.update('a', (draft) => void (draft.name = 'changed')).isPersisted.promise
    // Whoever asks for the lock after a drain has it after that.
    for (let turn = 0; turn < 3; turn++) await database.writeLock(async () => {})
  })
}

export const journeys = { queryToCells, updateAndBack }
