import { expect, test } from 'vitest'
import { openDraft } from '../../support/draft.ts'
import { eventually } from '../../support/eventually.ts'
import { todo } from '../../support/synced-collection.ts'

test('an untouched column follows the row, a touched one keeps what was typed', () => {
  const { form, put } = openDraft()
  form.draft.title = 'typed'
  put(todo('a', { title: 'from afar', note: 'from afar' }))
  expect([form.draft.title, form.draft.note]).toEqual(['typed', 'from afar'])
})

test('changed tells whether a save would write', () => {
  const { form, put } = openDraft()
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
  const { form, todos } = openDraft()
  expect(form.save()).toBeUndefined()
  form.draft.title = 'typed'
  form.draft.note = ''
  const transaction = form.save()
  expect(transaction?.mutations.map((mutation) => mutation.changes)).toEqual([{ title: 'typed' }])
  expect(todos.get('a')?.title).toBe('typed')
  expect(form.changed).toBe(false)
})

test('a refused save leaves what was typed in the form', async () => {
  const { form, settle, todos } = openDraft()
  form.draft.title = 'typed'
  const transaction = form.save()
  settle(new Error('refused'))
  await expect(transaction?.isPersisted.promise).rejects.toThrow('refused')
  expect(todos.get('a')?.title).toBe('title a')
  expect([form.draft.title, form.changed]).toEqual(['typed', true])
})

test('a saved column follows the row again, one typed meanwhile does not', async () => {
  const { form, put, settle, triggers } = openDraft()
  form.draft.title = 'first'
  form.draft.note = 'first'
  const transaction = form.save()
  form.draft.note = 'second'
  put(todo('a', { title: 'first', note: 'first' }))
  triggers.mockClear()
  settle()
  await transaction?.isPersisted.promise
  await eventually(() => expect(triggers).toHaveBeenCalled())
  put(todo('a', { title: 'from afar', note: 'from afar' }))
  expect([form.draft.title, form.draft.note]).toEqual(['from afar', 'second'])
})

test('a reset drops what was typed', () => {
  const { form } = openDraft()
  form.draft.title = 'typed'
  form.reset()
  expect([form.draft.title, form.changed]).toEqual(['title a', false])
})

test('another key drops what was typed', () => {
  const { form, shown } = openDraft()
  form.draft.title = 'typed'
  shown.key = 'b'
  expect([form.draft.title, form.changed]).toEqual(['title b', false])
})

test('without a key there is no row, nothing to save, and what was typed goes with the next key', () => {
  const { form, shown } = openDraft()
  form.draft.title = 'typed'
  for (const nothing of [undefined, null]) {
    shown.key = nothing
    expect([form.draft.title, { ...form.draft }, form.changed]).toEqual([undefined, {}, false])
    form.draft.title = 'into nothing'
    expect([form.canSave, form.errors, form.conflicts]).toEqual([false, {}, {}])
    expect(() => form.save()).toThrow(expect.objectContaining({ code: 'no-row' }))
    form.reset()
  }
  form.draft.title = 'into nothing'
  shown.key = 'b'
  expect([form.draft.title, form.changed]).toEqual(['title b', false])
})

test('a save of a row that is gone is refused, and the edits stay', () => {
  const { form, remove } = openDraft()
  form.draft.title = 'typed'
  remove('a')
  expect(() => form.save()).toThrow(expect.objectContaining({ code: 'no-row' }))
  expect([form.draft.title, form.draft.note]).toEqual(['typed', undefined])
})

test('a draft lists the columns of the row without the added properties', () => {
  const { form, todos } = openDraft()
  form.draft.title = 'typed'
  expect({ ...form.draft }).toEqual(todo('a', { title: 'typed' }))
  expect('$synced' in form.draft).toBe(false)
  expect(todos.get('a')?.title).toBe('title a')
})

test('a draft can be saved while something differs and the row is there', () => {
  const { form, remove } = openDraft()
  expect(form.canSave).toBe(false)
  form.draft.title = 'typed'
  expect(form.canSave).toBe(true)
  remove('a')
  expect([form.canSave, form.changed]).toEqual([false, true])
})

test('a column that was typed back to what the row holds follows the row again', () => {
  const { form, put } = openDraft()
  form.draft.title = 'typed'
  form.draft.title = 'title a'
  put(todo('a', { title: 'from afar' }))
  expect(form.draft.title).toBe('from afar')
})

test('a save in a refused transaction leaves what was typed over it', async () => {
  const { form, settle } = openDraft()
  form.draft.title = 'first'
  const transaction = form.save()
  form.draft.title = 'second'
  form.draft.title = 'first'
  settle(new Error('refused'))
  await transaction?.isPersisted.promise.catch(() => {})
  expect([form.draft.title, form.changed]).toEqual(['first', true])
})
