import { column, Schema, Table } from '@powersync/common'
import { createPowerSyncCollection, type DraftConflict } from '@rowsignal/core'
import { expect, onTestFinished, test } from 'vitest'
import { z } from 'zod'
import { openDatabase } from '../support/database.ts'
import { eventually } from '../support/eventually.ts'
import type { Mounted } from './contract.ts'

const schema = new Schema({ events: new Table({ title: column.text, seats: column.integer }) })

const eventSchema = z.object({
  id: z.string(),
  title: z.string().min(3, 'too short'),
  seats: z.number('no number').min(1, 'too few'),
})

/** Refuses the title `Boom` in its own way. */
const failingSchema = (fail: () => Promise<never>): typeof eventSchema => {
  const { validate, ...standard } = eventSchema['~standard']
  const failing: (typeof eventSchema)['~standard'] = {
    ...standard,
    validate: (value) => ((value as { title: string }).title === 'Boom' ? fail() : validate(value)),
  }
  return { '~standard': failing } as typeof eventSchema
}

const openEvents = async (rowSchema = eventSchema) => {
  const database = await openDatabase(schema)
  await database.execute("INSERT INTO events(id, title, seats) VALUES ('a', 'Picnic', 4)")
  const table = schema.props.events
  const events = createPowerSyncCollection({ database, table, schema: rowSchema })
  await events.preload()
  return { database, events }
}

export type Events = Awaited<ReturnType<typeof openEvents>>['events']

/** What a form shows of one field in conflict. */
export const conflictText = (conflict: DraftConflict<string> | undefined): string =>
  conflict ? `${conflict.base} | ${conflict.mine} | ${conflict.theirs}` : ''

export interface DraftDriver {
  readonly flush: () => Promise<void>
  /**
   * `useDraft` of event `a`: inputs `title` and `seats` (a number) bound in the framework's own manner, and for the title
   * `<p class="error">` and `<p class="conflict">`, `<p class="row-error">` for `$row`; buttons `mine`, `theirs`, `reset`, and `save`, disabled without
   * `canSave`.
   */
  readonly mountForm: (props: { readonly events: Events }) => Mounted
}

/** The same promises of a form for every framework, over a real table with a schema. */
export function testDraft({ flush, mountForm }: DraftDriver): void {
  async function open(rowSchema = eventSchema) {
    const { database, events } = await openEvents(rowSchema)
    const { element, unmount } = mountForm({ events })
    onTestFinished(unmount)
    const find = (selector: string): Element => {
      const found = element.querySelector(selector)
      if (found === null) throw new Error(`the form has no ${selector}`)
      return found
    }
    const input = (name: string) => find(`input[name=${name}]`) as HTMLInputElement
    const button = (name: string) => find(`button[name=${name}]`) as HTMLButtonElement
    const type = async (name: string, text: string): Promise<void> => {
      input(name).value = text
      input(name).dispatchEvent(new Event('input', { bubbles: true }))
      await flush()
    }
    const click = async (name: string): Promise<void> => {
      button(name).click()
      await flush()
    }
    const shown = () => ({
      title: input('title').value,
      seats: input('seats').value,
      error: find('.error').textContent,
      conflict: find('.conflict').textContent,
      canSave: !button('save').disabled,
    })
    await flush()
    return { database, type, click, shown, rowError: () => find('.row-error').textContent }
  }

  const pristine = { title: 'Picnic', seats: '4', error: '', conflict: '', canSave: false }

  test('an error of the schema shows as it is typed, holds the save back and goes when it is mended', async () => {
    const { type, shown } = await open()
    expect(shown()).toEqual(pristine)
    await type('title', 'Pi')
    expect(shown()).toEqual({ ...pristine, title: 'Pi', error: 'too short' })
    await type('title', 'Pie')
    expect(shown()).toEqual({ ...pristine, title: 'Pie', canSave: true })
    await type('seats', '0')
    expect(shown()).toEqual({ ...pristine, title: 'Pie', seats: '0' })
    await type('seats', '5')
    expect(shown()).toEqual({ ...pristine, title: 'Pie', seats: '5', canSave: true })
  })

  test.each<[how: string, fail: () => Promise<never>]>([
    [
      'throws',
      () => {
        throw new Error('no more')
      },
    ],
    ['rejects', () => Promise.reject(new Error('no more'))],
    ['answers later', () => new Promise(() => {})],
  ])('a schema that %s is an error of the row, and holds the save back', async (_, fail) => {
    const { database, type, click, shown, rowError } = await open(failingSchema(fail))
    await type('title', 'Boom')
    expect(rowError()).toContain('the schema threw, or is asynchronous')
    expect(shown()).toEqual({ ...pristine, title: 'Boom' })
    await type('title', 'Bloom')
    expect([shown(), rowError()]).toEqual([{ ...pristine, title: 'Bloom', canSave: true }, ''])
    await click('save')
    await eventually(async () =>
      expect(await database.get('SELECT title FROM events')).toEqual({ title: 'Bloom' }),
    )
  })

  test('a number is saved as a number, and a column that came from afar meanwhile stays', async () => {
    const { database, type, click, shown } = await open()
    await type('seats', '12')
    await database.execute("UPDATE events SET title = 'Party'")
    await eventually(() => expect(shown().title).toBe('Party'))
    await click('save')
    await eventually(async () =>
      expect(await database.getAll('SELECT title, seats, typeof(seats) type FROM events')).toEqual([
        { title: 'Party', seats: 12, type: 'integer' },
      ]),
    )
    await eventually(() => expect(shown()).toEqual({ ...pristine, title: 'Party', seats: '12' }))
  })

  test('a field changed on both sides keeps what was typed and shows both until one is chosen', async () => {
    const { database, type, click, shown } = await open()
    await type('title', 'Mine')
    await database.execute("UPDATE events SET title = 'Theirs'")
    await eventually(() => expect(shown().conflict).toBe('Picnic | Mine | Theirs'))
    expect(shown().title).toBe('Mine')
    await click('theirs')
    expect(shown()).toEqual({ ...pristine, title: 'Theirs' })
    await type('title', 'Mine')
    await database.execute("UPDATE events SET title = 'Newer'")
    await eventually(() => expect(shown().conflict).toBe('Theirs | Mine | Newer'))
    await click('mine')
    expect(shown()).toEqual({ ...pristine, title: 'Mine', canSave: true })
    await click('save')
    await eventually(async () =>
      expect(await database.get('SELECT title FROM events')).toEqual({ title: 'Mine' }),
    )
  })

  test('a reset drops what was typed with its errors and conflicts', async () => {
    const { database, type, click, shown } = await open()
    await type('title', 'Me')
    await database.execute("UPDATE events SET title = 'Theirs'")
    await eventually(() => expect(shown().conflict).toBe('Picnic | Me | Theirs'))
    expect(shown().error).toBe('too short')
    await click('reset')
    expect(shown()).toEqual({ ...pristine, title: 'Theirs' })
  })

  test('a row that goes while it is edited leaves what was typed, and nothing to save it to', async () => {
    const { database, type, shown } = await open()
    await type('title', 'Typed')
    await database.execute('DELETE FROM events')
    await eventually(() => expect(shown().seats).toBe(''))
    expect(shown()).toEqual({ title: 'Typed', seats: '', error: '', conflict: '', canSave: false })
  })
}
