import nodeUtil from 'node:util'
import { snapshot } from '@rowsignal/core'
import { expect, test } from 'vitest'
import { openLiveRows } from '../../support/live-rows.ts'
import { todo } from '../../support/synced-collection.ts'

test('a row looks like the plain row', () => {
  const { live, todos } = openLiveRows(['a'])
  const row = live.row('a')
  expect({ ...row }).toEqual(todos.get('a'))
  expect(JSON.parse(JSON.stringify(row))).toEqual(todos.get('a'))
  expect(Object.keys(row)).toContain('title')
  expect('title' in row).toBe(true)
  expect('missing' in row).toBe(false)
  expect(Object.hasOwn(row, 'title')).toBe(true)
  expect(Reflect.get(row, 'constructor')).toBe(Object)
})

test('every way to write to a row is refused and says what to do', () => {
  const { live } = openLiveRows(['a'])
  const row = live.row('a') as { title: string }
  const writes = [
    () => (row.title = 'x'),
    () => Reflect.deleteProperty(row, 'title'),
    () => Object.defineProperty(row, 'title', { value: 'x' }),
    () => Object.setPrototypeOf(row, null),
  ]
  for (const write of writes) {
    expect(write).toThrow(expect.objectContaining({ code: 'row-read-only' }))
    expect(write).toThrow(/collection\.update.*useDraft/)
  }
  for (const freeze of [Object.freeze, Object.seal, Object.preventExtensions]) {
    expect(() => freeze(row)).toThrow(expect.objectContaining({ code: 'row-read-only' }))
    expect(() => freeze(row)).toThrow(/snapshot\(row\)/)
  }
  expect(row.title).toBe('title a')
  expect(Object.isFrozen(row)).toBe(false)
})

test('a row is printed as the plain row, read without tracking', () => {
  const { live, run, reruns, put, remove, todos } = openLiveRows(['a', 'b'])
  const plain = { ...todos.get('a') }
  const row = live.row('a')
  for (const wrap of [(one: object) => one, (one: object) => ({ deep: { rows: [one] } })]) {
    expect(run('print', () => nodeUtil.inspect(wrap(row)))).toBe(nodeUtil.inspect(wrap(plain)))
    expect(nodeUtil.format('%O', wrap(row))).toBe(nodeUtil.format('%O', wrap(plain)))
  }
  put(todo('a', { title: 'changed' }))
  expect(reruns()).toEqual([])
  expect(nodeUtil.inspect(row)).toContain("title: 'changed'")
  remove('a')
  expect(nodeUtil.inspect(row)).toContain("title: 'changed'")
})

test('a snapshot is a plain copy, read without tracking', () => {
  const { live, run, reruns, put } = openLiveRows(['a'])
  const row = live.row('a')
  const copy = run('copy', () => snapshot(row))
  expect(structuredClone(copy)).toMatchObject(todo('a'))
  expect(() => structuredClone(row)).toThrow('could not be cloned')
  put(todo('a', { title: 'changed' }))
  expect(reruns()).toEqual([])
  expect(snapshot({ plain: true })).toEqual({ plain: true })
})
