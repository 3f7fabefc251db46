import { expect, test } from 'vitest'
import { openDraft } from '../../support/draft.ts'
import { eventually } from '../../support/eventually.ts'
import { todo } from '../../support/synced-collection.ts'

test('a column changed on both sides is a conflict, with the value at which the user began', () => {
  const { form, put } = openDraft()
  form.draft.title = 'mine'
  expect(form.conflicts).toEqual({})
  put(todo('a', { title: 'theirs', note: 'theirs' }))
  expect(form.conflicts).toEqual({ title: { base: 'title a', mine: 'mine', theirs: 'theirs' } })
  expect(form.draft.title).toBe('mine')
  form.draft.title = 'mine too'
  expect(form.conflicts).toEqual({ title: { base: 'title a', mine: 'mine too', theirs: 'theirs' } })
})

test('a row that comes to hold what was typed, or goes back, is no conflict', () => {
  const { form, put } = openDraft()
  form.draft.title = 'mine'
  put(todo('a', { title: 'mine' }))
  expect(form.conflicts).toEqual({})
  put(todo('a', { title: 'theirs' }))
  expect(Object.keys(form.conflicts)).toEqual(['title'])
  put(todo('a'))
  expect(form.conflicts).toEqual({})
})

test('to take theirs lets the column follow the row', () => {
  const { form, put } = openDraft()
  form.draft.title = 'mine'
  put(todo('a', { title: 'theirs' }))
  form.resolve('title', 'theirs')
  expect([form.draft.title, form.changed, form.conflicts]).toEqual(['theirs', false, {}])
  put(todo('a', { title: 'newer' }))
  expect(form.draft.title).toBe('newer')
})

test('to keep mine ends the conflict until the row changes again', () => {
  const { form, put } = openDraft()
  form.draft.title = 'mine'
  put(todo('a', { title: 'theirs' }))
  form.resolve('title', 'mine')
  expect([form.draft.title, form.changed, form.conflicts]).toEqual(['mine', true, {}])
  put(todo('a', { title: 'newer' }))
  expect(form.conflicts).toEqual({ title: { base: 'theirs', mine: 'mine', theirs: 'newer' } })
})

test('a save of a column in conflict writes what the user sees', async () => {
  const { form, put, settle, todos } = openDraft()
  form.draft.title = 'mine'
  put(todo('a', { title: 'theirs' }))
  const transaction = form.save()
  expect([todos.get('a')?.title, form.conflicts]).toEqual(['mine', {}])
  put(todo('a', { title: 'mine' }))
  settle()
  await transaction?.isPersisted.promise
  await eventually(() => expect(form.changed).toBe(false))
  put(todo('a', { title: 'newer' }))
  expect([form.draft.title, form.conflicts]).toEqual(['newer', {}])
})

test('a refused save leaves the conflict as it was', async () => {
  const { form, put, settle } = openDraft()
  form.draft.title = 'mine'
  put(todo('a', { title: 'theirs' }))
  const transaction = form.save()
  settle(new Error('refused'))
  await transaction?.isPersisted.promise.catch(() => {})
  expect(form.conflicts).toEqual({ title: { base: 'title a', mine: 'mine', theirs: 'theirs' } })
})

test('a save of our own is no conflict for what is typed meanwhile, saved or refused', async () => {
  const { form, put, settle } = openDraft()
  form.draft.title = 'first'
  const saved = form.save()
  form.draft.title = 'second'
  expect([form.changed, form.conflicts]).toEqual([true, {}])
  put(todo('a', { title: 'first' }))
  settle()
  await saved?.isPersisted.promise
  expect([form.draft.title, form.conflicts]).toEqual(['second', {}])
  const refused = form.save()
  form.draft.title = 'third'
  settle(new Error('refused'))
  await refused?.isPersisted.promise.catch(() => {})
  expect([form.draft.title, form.changed, form.conflicts]).toEqual(['third', true, {}])
  put(todo('a', { title: 'theirs' }))
  expect(form.conflicts).toEqual({ title: { base: 'first', mine: 'third', theirs: 'theirs' } })
})

test('of two saves under way the first to settle ends nothing of the second', async () => {
  const { form, settle } = openDraft()
  form.draft.title = 'first'
  const first = form.save()
  form.draft.title = 'second'
  const second = form.save()
  form.draft.title = 'first'
  settle()
  await first?.isPersisted.promise
  expect([form.draft.title, form.changed, form.conflicts]).toEqual(['first', true, {}])
  settle(new Error('refused'))
  await second?.isPersisted.promise.catch(() => {})
  expect(form.draft.title).toBe('first')
})

test('conflicts keep their identity while they are equal', () => {
  const { form, put } = openDraft()
  const none = form.conflicts
  form.draft.title = 'mine'
  expect(form.conflicts).toBe(none)
  put(todo('a', { title: 'theirs' }))
  const { conflicts } = form
  form.draft.note = 'typed'
  expect(form.conflicts).toBe(conflicts)
})

test('another key has no conflicts', () => {
  const { form, put, shown } = openDraft()
  form.draft.title = 'mine'
  put(todo('a', { title: 'theirs' }))
  shown.key = 'b'
  expect(form.conflicts).toEqual({})
})
