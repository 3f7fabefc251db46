import { createDraft, type Host } from '@rowsignal/core/host'
import { expect, test, vi } from 'vitest'
import { openTodos, todo } from '../support/synced-collection.ts'

function open() {
  const source = openTodos(['a', 'b'])
  source.todos.startSyncImmediate()
  const triggers = vi.fn()
  const host: Host<undefined> = {
    server: false,
    cell: () => undefined,
    track: () => {},
    trigger: triggers,
  }
  const shown = { key: 'a' }
  const form = createDraft(
    {
      collection: () => source.todos,
      key: () => shown.key,
      row: () => source.todos.get(shown.key),
    },
    host,
  )
  return { ...source, form, shown, triggers }
}

test('an untouched column follows the row, a touched one keeps what was typed', () => {
  const { form, put } = open()
  form.draft.title = 'typed'
  put(todo('a', { title: 'from afar', note: 'from afar' }))
  expect([form.draft.title, form.draft.note]).toEqual(['typed', 'from afar'])
})

test('changed tells whether a save would write', () => {
  const { form, put } = open()
  expect(form.changed).toBe(false)
  form.draft.title = 'typed'
  expect(form.changed).toBe(true)
  form.draft.title = 'title a'
  expect(form.changed).toBe(false)
  form.draft.title = 'same'
  put(todo('a', { title: 'same' }))
  expect(form.changed).toBe(false)
})

test('a save writes only the columns that differ, and nothing when none does', () => {
  const { form, todos } = open()
  expect(form.save()).toBeUndefined()
  form.draft.title = 'typed'
  form.draft.note = ''
  const transaction = form.save()
  expect(transaction?.mutations.map((mutation) => mutation.changes)).toEqual([{ title: 'typed' }])
  expect(todos.get('a')?.title).toBe('typed')
  expect(form.changed).toBe(false)
})

test('a refused save leaves what was typed in the form', async () => {
  const { form, settle, todos } = open()
  form.draft.title = 'typed'
  const transaction = form.save()
  settle(new Error('refused'))
  await expect(transaction?.isPersisted.promise).rejects.toThrow('refused')
  expect(todos.get('a')?.title).toBe('title a')
  expect([form.draft.title, form.changed]).toEqual(['typed', true])
})

test('a saved column follows the row again, one typed meanwhile does not', async () => {
  const { form, put, settle, triggers } = open()
  form.draft.title = 'first'
  form.draft.note = 'first'
  const transaction = form.save()
  form.draft.note = 'second'
  put(todo('a', { title: 'first', note: 'first' }))
  triggers.mockClear()
  settle()
  await transaction?.isPersisted.promise
  await vi.waitFor(() => expect(triggers).toHaveBeenCalled())
  put(todo('a', { title: 'from afar', note: 'from afar' }))
  expect([form.draft.title, form.draft.note]).toEqual(['from afar', 'second'])
})

test('a reset drops what was typed', () => {
  const { form } = open()
  form.draft.title = 'typed'
  form.reset()
  expect([form.draft.title, form.changed]).toEqual(['title a', false])
})

test('another key drops what was typed', () => {
  const { form, shown } = open()
  form.draft.title = 'typed'
  shown.key = 'b'
  expect([form.draft.title, form.changed]).toEqual(['title b', false])
})

test('a save of a row that is gone is refused, and the edits stay', () => {
  const { form, remove } = open()
  form.draft.title = 'typed'
  remove('a')
  expect(() => form.save()).toThrow(expect.objectContaining({ code: 'no-row' }))
  expect([form.draft.title, form.draft.note]).toEqual(['typed', undefined])
})

test('a draft lists the columns of the row without the added properties', () => {
  const { form, todos } = open()
  form.draft.title = 'typed'
  expect({ ...form.draft }).toEqual(todo('a', { title: 'typed' }))
  expect('$synced' in form.draft).toBe(false)
  expect(todos.get('a')?.title).toBe('title a')
})
