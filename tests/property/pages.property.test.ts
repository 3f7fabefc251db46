/**
 * Random programs over the pages of a query: rows that come, go and move above, inside, at the border and below, while
 * pages are read or not, against a model of the table. Whatever is shown is at any moment without a row twice, and when
 * nothing is under way it is the first rows of the table.
 */
import { createPowerSyncCollection } from '@rowsignal/core'
import { createPagesView } from '@rowsignal/core/host'
import { column, Schema, Table } from '@powersync/common'
import { BasicIndex, eq, type InitialQueryBuilder } from '@tanstack/db'
import * as fc from 'fast-check'
import { expect, onTestFinished, test, vi } from 'vitest'
import { openDatabase } from '../support/database.ts'
import { eventually } from '../support/eventually.ts'
import { createPlainHost } from '../support/plain-host.ts'

const schema = new Schema({
  items: new Table({ rank: column.integer, title: column.text }, { indexes: { rank: ['rank'] } }),
  notes: new Table({ text: column.text }),
})

const step = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('insert'), rank: fc.nat(12) }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('delete'), row: fc.nat(40) }) },
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constant('move'), row: fc.nat(40), rank: fc.nat(12) }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('rename'), row: fc.nat(40) }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('fetch') }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('settle') }) },
)

const program = fc.record({
  syncMode: fc.constantFrom('eager' as const, 'on-demand' as const, 'progressive' as const),
  isIndexed: fc.boolean(),
  direction: fc.constantFrom('asc' as const, 'desc' as const),
  isJoined: fc.boolean(),
  pageRows: fc.integer({ min: 1, max: 5 }),
  /** The ranks at first: few, so that many rows tie. */
  ranks: fc.array(fc.nat(12), { maxLength: 30 }),
  steps: fc.array(step, { maxLength: 25 }),
})

type Program = typeof program extends fc.Arbitrary<infer P> ? P : never
type Step = Program['steps'][number]

interface Item {
  readonly id: string
  readonly rank: number
}

async function run({ steps, ranks, direction, pageRows, ...options }: Program): Promise<void> {
  const database = await openDatabase(schema)
  const model = new Map<string, number>()
  const insert = async (rank: number): Promise<void> => {
    const id = `i${String(inserted++).padStart(3, '0')}`
    model.set(id, rank)
    await database.execute('INSERT INTO items(id, rank, title) VALUES (?, ?, ?)', [id, rank, id])
  }
  let inserted = 0
  for (const rank of ranks) await insert(rank)

  const index = options.isIndexed
    ? { autoIndex: 'eager' as const, defaultIndexType: BasicIndex }
    : {}
  const { syncMode } = options
  const items = createPowerSyncCollection({
    database,
    table: schema.props.items,
    syncMode,
    ...index,
  })
  const notes = createPowerSyncCollection({ database, table: schema.props.notes, syncMode })
  const query = (q: InitialQueryBuilder) => {
    const all = q.from({ item: items })
    const ordered = options.isJoined
      ? all
          .join({ note: notes }, ({ item, note }) => eq(item.id, note.id), 'left')
          .orderBy(({ item }) => item.rank, direction)
          .select(({ item }) => ({ id: item.id, rank: item.rank }))
      : all
          .orderBy(({ item }) => item.rank, direction)
          .select(({ item }) => ({ id: item.id, rank: item.rank }))
    return ordered
  }
  const seen: string[] = []
  const { host, update, stop } = createPlainHost(() => seen.push(...twice()))
  const view = createPagesView(
    host,
    () => query,
    () => ({ pageRows }),
  )
  const shown = (): readonly Item[] => view.rows
  const twice = (): string[] => {
    const ids = shown().map(({ id }) => id)
    return ids.filter((id, index) => ids.indexOf(id) !== index)
  }
  update()

  let pages = 1
  const reading: Promise<void>[] = []
  const settle = async (): Promise<void> => {
    await Promise.all(reading.splice(0))
    await eventually(() => {
      expect(view.status).toBe('ready')
      expect(view.error).toBeUndefined()
      const ordered = [...model.values()].toSorted((a, b) => (direction === 'asc' ? a - b : b - a))
      expect(shown().map(({ rank }) => rank)).toEqual(ordered.slice(0, pages * pageRows))
      expect(shown().filter(({ id, rank }) => model.get(id) !== rank)).toEqual([])
      expect(view.hasMore).toBe(model.size > pages * pageRows)
      expect(view.pages.flat()).toEqual(shown())
    })
  }
  const pick = (row: number): string | undefined => [...model.keys()][row % Math.max(model.size, 1)]
  const change = async (step: Step): Promise<void> => {
    if (step.kind === 'insert') return insert((step as { rank: number }).rank)
    const id = pick((step as { row: number }).row)
    if (id === undefined) return
    if (step.kind === 'delete') {
      model.delete(id)
      await database.execute('DELETE FROM items WHERE id = ?', [id])
    } else if (step.kind === 'move') {
      const { rank } = step as { rank: number }
      model.set(id, rank)
      await database.execute('UPDATE items SET rank = ? WHERE id = ?', [rank, id])
    } else {
      await database.execute("UPDATE items SET title = title || '!' WHERE id = ?", [id])
    }
  }

  await settle()
  for (const step of steps) {
    if (step.kind === 'settle') await settle()
    else if (step.kind === 'fetch') {
      if (view.hasMore && !view.isFetchingMore) pages++
      reading.push(view.fetchMore())
    } else await change(step)
  }
  await settle()
  expect([...seen, ...twice()]).toEqual([])
  stop()
  await Promise.all([items.cleanup(), notes.cleanup()])
  await database.close()
}

test('pages are the first rows of the query, whatever comes, goes and moves meanwhile', async () => {
  // TanStack DB tells of orders without an index, and of collections that are cleaned up.
  const warned = vi.spyOn(console, 'warn').mockReturnValue()
  const told = vi.spyOn(console, 'error').mockReturnValue()
  onTestFinished(() => [warned, told].forEach((spy) => spy.mockRestore()))
  const runs = Number(process.env['PAGES_RUNS'] ?? 40)
  await fc.assert(fc.asyncProperty(program, run), { seed: 1, numRuns: runs })
})
