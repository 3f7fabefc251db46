/**
 * A list of more rows than fit into a page, by TanStack Virtual over blocks of 100 rows: SQLite says which rows a block has,
 * an on-demand collection has the rows of the blocks that are mounted. As in the guides of the frameworks.
 */
import { column, Schema, Table } from '@powersync/common'
import type { PowerSyncDatabase } from '@powersync/node'
import { createPowerSyncCollection } from '@rowsignal/core'
import { expect, onTestFinished, test } from 'vitest'
import { openDatabase } from '../support/database.ts'
import { eventually } from '../support/eventually.ts'
import type { Mounted } from './contract.ts'

const schema = new Schema({
  places: new Table(
    { name: column.text, population: column.integer },
    { indexes: { population: ['population'] } },
  ),
})

export const blockRows = 100
export const rowHeight = 20
/** The ids of a block; its parameter is how many rows are before it. */
export const blockIds = `SELECT id FROM places ORDER BY population DESC, id LIMIT ${blockRows} OFFSET ?`

const openPlaces = (database: PowerSyncDatabase) =>
  createPowerSyncCollection({ database, table: schema.props.places, syncMode: 'on-demand' })

export interface VirtualProps {
  readonly database: PowerSyncDatabase
  readonly places: ReturnType<typeof openPlaces>
  readonly count: number
}

export interface VirtualDriver {
  /**
   * A `.scroller`, 400 px high, with the blocks that TanStack Virtual wants, each with an `<li data-index>` for each id of
   * it, of the name of its place, empty until that is read.
   */
  readonly mountVirtual: (props: VirtualProps) => Mounted
}

/** How many rows; all places of the planners in the full run. By vitest.config.ts. */
declare const VIRTUAL_ROWS: number
const count = VIRTUAL_ROWS

export function testVirtual({ mountVirtual }: VirtualDriver): void {
  test('a list of all rows shows each in its place, and holds those of the blocks that are seen', async () => {
    const database = await openDatabase(schema)
    await database.execute(
      `INSERT INTO places(id, name, population) SELECT printf('p%06d', value), 'place ' || value, ? - value
       FROM (WITH RECURSIVE n(value) AS (SELECT 0 UNION ALL SELECT value + 1 FROM n WHERE value < ? - 1) SELECT value FROM n)`,
      [count, count],
    )
    const places = openPlaces(database)
    const { element, unmount } = mountVirtual({ database, places, count })
    onTestFinished(unmount)
    document.body.append(element)
    onTestFinished(() => element.remove())
    const scroller = element.querySelector('.scroller')!
    const rows = () => [...element.querySelectorAll<HTMLElement>('li')]
    const nameOf = (index: number): string => names.get(index) ?? `place ${index}`
    const names = new Map<number, string>()

    // Looks at every frame of the page, as a reader does.
    const wrong: string[] = []
    const readBefore = new Set<number>()
    let isWatching = true
    const watch = (): void => {
      for (const row of rows()) {
        const index = Number(row.dataset['index'])
        const text = row.textContent.trim()
        if (text !== '' && text !== nameOf(index)) wrong.push(`${index}: ${text}`)
        if (text === '' && readBefore.has(index)) wrong.push(`${index} is blank`)
      }
      readBefore.clear()
      for (const row of rows()) {
        const index = Number(row.dataset['index'])
        if (places.has(idOf(index))) readBefore.add(index)
      }
      if (isWatching) requestAnimationFrame(watch)
    }
    requestAnimationFrame(watch)
    onTestFinished(() => void (isWatching = false))

    /** The rows that are seen, by where they are on the screen. */
    const seen = () => {
      const { top, bottom } = scroller.getBoundingClientRect()
      return rows().filter((row) => {
        const at = row.getBoundingClientRect()
        return at.top < bottom && at.bottom > top
      })
    }
    let most = 0
    const steps = 24
    for (let step = 0; step <= steps; step++) {
      const first = Math.floor(((count - 20) * step) / steps)
      scroller.scrollTop = first * rowHeight
      await eventually(() => {
        const shown = seen()
        expect(shown.length).toBeGreaterThanOrEqual(20)
        expect(shown.map((row) => row.dataset['index'])).toContain(String(first))
        for (const row of shown)
          expect(row.textContent.trim()).toBe(nameOf(Number(row.dataset['index'])))
      })
      most = Math.max(most, rows().length)
    }
    expect(wrong).toEqual([])
    expect(most).toBeLessThanOrEqual(6 * blockRows)
    // What has been scrolled past leaves when its query does.
    await eventually(() => expect(places.size).toBeLessThanOrEqual(6 * blockRows))

    const last = count - 1
    names.set(last, 'renamed')
    await database.execute("UPDATE places SET name = 'renamed' WHERE id = ?", [idOf(last)])
    await eventually(() => expect(seen().at(-1)?.textContent.trim()).toBe('renamed'))
  })
}

function idOf(index: number): string {
  return `p${String(index).padStart(6, '0')}`
}
