import { createCollection } from '@tanstack/db'
import { expect, test } from 'vitest'
import { findKeyField } from '../../../core/src/rows/row-collection.ts'

interface Row {
  id: string
  number: number
  inner: { id: string }
}

function fieldOf(getKey: (row: Row) => string | number): string | undefined {
  return findKeyField(createCollection<Row>({ getKey, sync: { sync: () => {} } }))
}

test('the key field is the one that getKey returns as it is', () => {
  expect(fieldOf((row) => row.id)).toBe('id')
  expect(fieldOf(({ number }) => number)).toBe('number')
})

test.each<[what: string, getKey: (row: Row) => string | number]>([
  ['of two fields', (row) => `${row.id}/${row.number}`],
  ['that is computed', (row) => String(row.number)],
  ['that is a number of a field', (row) => row.number + 1],
  ['of what is nested', (row) => row.inner.id],
  ['that is the same for each', () => 1],
  ['that is looked up', (row) => new Map([[row.id, 1]]).get(row.id) ?? 0],
])('a key %s is no field of the row', (_, getKey) => {
  expect(fieldOf(getKey)).toBeUndefined()
})
